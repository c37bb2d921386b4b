internal import Diagnostics
internal import Export
internal import Planning
internal import Timeline

/// What `logexport verify` found, for people and for programs.
struct VerifyView {
  let result: Verification
  let options: VerifyOptions
  let style: Style

  /// One line a finding, then what was looked at.
  var text: String {
    var lines = result.findings.map { finding in
      let place = [finding.slice.address, finding.blob].filter { !$0.isEmpty }.joined(separator: "  ")
      return "\(style.red("!")) \(displayable("\(place)  \(finding.what)  (\(finding.remedyText))"))"
    }
    if !lines.isEmpty { lines.append("") }
    lines.append("Looked for: \(looked).")
    if options.content { lines.append("Read: \(read).") }
    if options.source { lines.append("Counted: \(counted).") }
    if options.percent < 100 {
      lines.append("A share of \(options.percent)% of the slices, by --seed \(options.seed).")
    }
    if !result.notLookedAt.isEmpty {
      let names = displayable(result.notLookedAt.joined(separator: ", "))
      let hint = options.undeclared == .verified ? "in another store" : "--undeclared looks at them as well"
      lines.append("\(style.yellow("!")) Not looked at, since the spec does not declare them: \(names) (\(hint)).")
    }
    if result.unrecorded > 0 {
      let blobs = Quantity.of(result.unrecorded, "blob")
      lines.append(
        "\(style.yellow("!")) \(blobs) that no row of the manifest names: of runs that were cut off or are at work, or of rows "
          + "that are lost. plan says what becomes of them.")
    }
    lines.append(verdict)
    return lines.joined(separator: "\n") + "\n"
  }

  private var looked: String {
    var parts = [
      "\(Quantity.of(result.blobs, "blob")) of \(Quantity.of(result.slices, "slice"))",
      Quantity.of(result.rows, "row"), Quantity.bytes(result.bytes),
    ]
    let gone = result.findings.count { $0.kind == .missing }
    if gone > 0 { parts.append("\(Quantity.count(gone)) gone") }
    if result.expired > 0 { parts.append("\(Quantity.count(result.expired)) deleted by the retention policy") }
    if result.elsewhere > 0 { parts.append("\(Quantity.count(result.elsewhere)) in another store, not looked at") }
    return parts.joined(separator: ", ")
  }

  private var read: String {
    var parts = [
      Quantity.of(result.read.blobs, "blob"), Quantity.of(result.read.rows, "row"), Quantity.bytes(result.read.bytes),
    ]
    if result.unread > 0 { parts.append("\(Quantity.of(result.unread, "blob")) in the archive tier unread") }
    return parts.joined(separator: ", ")
  }

  private var counted: String {
    var text = Quantity.of(result.counted, "slice")
    if result.uncounted > 0 {
      text +=
        ", \(Quantity.count(result.uncounted)) not: other queries, past retention, no longer declared, or counts that are billed"
    }
    return text
  }

  private var verdict: String {
    if result.findings.isEmpty { return style.green("Everything that was looked at agrees with the manifest.") }
    let slices = Set(result.findings.map(\.slice)).count
    return "\(Quantity.of(result.findings.count, "finding")) in \(Quantity.of(slices, "slice"))."
  }
}

// MARK: - JSON

extension VerifyView {
  /// One finding a line. Version 1 grows only by addition.
  var json: String {
    let findings = result.findings.map { "    " + Self.value($0).text }.joined(separator: ",\n")
    let list = findings.isEmpty ? "[]" : "[\n\(findings)\n  ]"
    return "{\n  \"format_version\": 1,\n  \"ok\": \(result.findings.isEmpty),\n  \"findings\": \(list),\n"
      + "  \"not_looked_at\": \(JSONValue.array(result.notLookedAt.map { .string($0) }).text),\n"
      + "  \"summary\": \(summary.text)\n}\n"
  }

  private static func value(_ finding: Finding) -> JSONValue {
    .object([
      ("slice", .string(finding.slice.address)), ("table", .string(finding.slice.table)),
      ("start", .string(finding.slice.range.start.iso8601)), ("end", .string(finding.slice.range.end.iso8601)),
      ("blob", finding.blob.isEmpty ? nil : .string(finding.blob)), ("kind", .string(finding.kind.rawValue)),
      ("what", .string(finding.what)), ("remedy", .string(finding.remedy.rawValue)),
      ("remedy_text", .string(finding.remedyText)),
    ])
  }

  private var summary: JSONValue {
    let isShare = options.percent < 100
    return .object([
      ("slices", .integer(result.slices)), ("blobs", .integer(result.blobs)), ("rows", .integer(result.rows)),
      ("bytes", .integer(result.bytes)), ("expired_blobs", .integer(result.expired)),
      ("elsewhere_blobs", .integer(result.elsewhere)), ("unrecorded_blobs", .integer(result.unrecorded)),
      ("read_blobs", options.content ? .integer(result.read.blobs) : nil),
      ("read_rows", options.content ? .integer(result.read.rows) : nil),
      ("read_bytes", options.content ? .integer(result.read.bytes) : nil),
      ("unread_blobs", options.content ? .integer(result.unread) : nil),
      ("counted_slices", options.source ? .integer(result.counted) : nil),
      ("uncounted_slices", options.source ? .integer(result.uncounted) : nil),
      ("sample", isShare ? .string("\(options.percent)%") : nil),
      ("seed", isShare ? .integer(Int(clamping: options.seed)) : nil),
    ])
  }
}
