internal import Export
internal import Planning
internal import Timeline

/// What an apply came to.
struct ApplyView {
  var outcome: ApplyOutcome
  var plan: Plan
  /// Properties of resources that were changed.
  var changed = 0
}

extension ApplyView {
  /// One sentence, and what to do where it stopped early.
  var text: String {
    var parts: [String] = []
    if changed > 0 { parts.append("\(Quantity.of(changed, "property")) of resources changed") }
    if outcome.exported.slices > 0 || changed == 0 {
      parts.append(
        "\(Quantity.of(outcome.exported.slices, "slice")) with \(Quantity.of(outcome.exported.rows, "row")) exported (\(Quantity.bytes(outcome.bytes)))"
      )
    }
    if outcome.recorded > 0 { parts.append("\(Quantity.count(outcome.recorded)) recorded without rows") }
    if outcome.deleted > 0 { parts.append("\(Quantity.of(outcome.deleted, "blob")) removed") }
    if !outcome.failures.isEmpty { parts.append("\(Quantity.of(outcome.failures.count, "slice")) failed") }
    if !plan.failures.isEmpty {
      parts.append(PlanText.failed(plan.failures, planned: plan.tables.map(\.table)))
    }
    var text = "Applied: \(parts.joined(separator: ", ")).\n"
    if outcome.cancelled { text += "Stopped early; what was finished is recorded. Run it again for the rest.\n" }
    if let capped = outcome.capped { text += "Stopped at the cap on \(capped.name)\(rest(capped))\n" }
    return text
  }

  /// What is left after a cap.
  private func rest(_ capped: RunCaps.Reached) -> String {
    guard case .volume(let next) = capped else {
      return "; what was finished is recorded. Run it again for the rest."
    }
    let size = "\(next.rows) rows, about \(Quantity.bytes(next.bytes))"
    let before = " before \(next.slice.address) (\(size))"
    if !next.isFirst { return "\(before); what was finished is recorded. Run it again for the rest." }
    return "\(before), the first slice: no run comes past it with such a cap.\n"
      + "It takes --max-rows \(next.rows) and --max-bytes \(next.bytes) at least, as far as they are given."
  }

  /// One line of JSON.
  var json: String {
    let failures: [JSONValue] =
      outcome.failures.map { .object([("slice", .string($0.slice.address)), ("message", .string($0.message))]) }
      + plan.failures.map { failure in
        let slice = failure.slice.map { Slice(table: failure.table, range: $0).address }
        return .object([
          (slice == nil ? "table" : "slice", .string(slice ?? failure.table)), ("message", .string(failure.message)),
        ])
      }
    let result = JSONValue.object([
      ("resources", .integer(changed)), ("slices", .integer(outcome.exported.slices)),
      ("rows", .integer(outcome.exported.rows)), ("recorded", .integer(outcome.recorded)),
      ("bytes", .integer(outcome.bytes)), ("deleted", .integer(outcome.deleted)),
      ("cancelled", .bool(outcome.cancelled)),
      ("capped", outcome.capped.map { .string($0.name) }), ("next", next), ("failures", .array(failures)),
    ])
    return result.text + "\n"
  }

  /// What the command ends with.
  var exitCode: ExitCode {
    let failures = outcome.failures.map(\.kind) + plan.failures.map(\.kind)
    if failures.isEmpty {
      if outcome.cancelled { return .partial }
      return outcome.capped.map { $0 == .duration ? .durationCap : .volumeCap } ?? .done
    }
    if changed + outcome.exported.slices + outcome.recorded > 0 { return .partial }
    return ExitCode(failures)
  }

  /// The slice that a cap on volume stands before.
  private var next: JSONValue? {
    guard case .volume(let next) = outcome.capped else { return nil }
    return .object([
      ("slice", .string(next.slice.address)), ("rows", .integer(next.rows)), ("bytes", .integer(next.bytes)),
    ])
  }
}

extension RunCaps.Reached {
  /// In one word.
  var name: String { self == .duration ? "duration" : "volume" }
}
