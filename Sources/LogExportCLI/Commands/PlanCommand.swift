internal import Export
internal import Planning

/// `logexport plan`: says what is missing and what it takes. Writes nothing.
enum PlanCommand {
  static func run(_ arguments: Arguments, _ environment: [String: String], _ console: Console) async throws -> ExitCode
  {
    let format = try arguments.choice("format", of: ["text", "json"], default: console.json ? "json" : "text")
    let session = try Session.open(arguments, environment: environment, console: console) { _ in }
    let plan = try await session.plan()
    if format == "json" {
      var pending = ""
      try PlanJSON(plan).write { piece in
        pending += piece
        if pending.utf8.count < 1 << 16 { return }
        try console.write(pending)
        pending = ""
      }
      try console.write(pending)
    } else {
      try console.write(PlanText(plan: plan, spec: session.file.spec, style: console.style).render())
    }
    console.report(plan.failures)
    if !plan.failures.isEmpty { return ExitCode(plan.failures.map(\.kind)) }
    return arguments.has("detailed-exitcode") && !plan.isEmpty ? .differences : .done
  }
}

extension ExitCode {
  /// What failures of tables or slices come to when nothing else was done.
  init(_ failures: [TableFailure.Kind]) {
    if failures.allSatisfy({ $0 == .unavailable }) {
      self = .unavailable
    } else if failures.allSatisfy({ $0 == .denied }) {
      self = .denied
    } else {
      self = .error
    }
  }
}
