internal import Compression
internal import Planning

/// What stands for a plan when it is approved: a SHA-256 over what would be done, and what it takes.
///
/// It is taken of the file's own members, as `docs/plan-file.md` says, by
///
///     jq -cSj '{format_version, workspace, lineage, spec: .spec.hash, options, containers,
///       tables: [.tables[] | {table, container, query_hash, runs, scan, remove}]}
///       + (if .resources then {resources} else {} end)'
///
/// So two plans that would do the same have one digest whenever they were made, and a file in
/// which any of this was changed by hand does not have its own. The clock, notes, failures and the
/// manifest's ETags are left out: they do nothing. The summary is summed up anew by whoever reads.
struct PlanDigest: Equatable {
  /// `sha256:` and 64 hexadecimal digits.
  let text: String

  init(_ file: PlanFile) {
    text = "sha256:" + Digest.sha256(Self.canonical(file).canonicalText)
  }

  /// A digest that somebody names; nil where it is none.
  init?(parsing text: String) {
    let digits = text.dropFirst(7)
    guard text.hasPrefix("sha256:"), digits.utf8.count == 64, digits.utf8.allSatisfy(Self.isDigit) else { return nil }
    self.text = text
  }

  /// Lower case, as it is printed.
  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }

  private static func canonical(_ file: PlanFile) -> JSONValue {
    .object([
      ("format_version", .integer(PlanJSON.formatVersion)), ("workspace", .string(file.workspace)),
      ("lineage", file.lineage.map { .string($0) } ?? .null), ("spec", .string(file.spec.hash)),
      ("options", PlanJSON.value(file.options)), ("containers", .array(file.containers.map { .string($0) })),
      ("resources", file.resources.isEmpty ? nil : .array(file.resources.map(PlanJSON.value))),
      (
        "tables",
        .array(
          file.tables.map { table in
            .object([
              ("table", .string(table.table)), ("container", .string(table.container)),
              ("query_hash", .string(table.queryHash)), ("runs", .array(table.runs.map(PlanJSON.value))),
              ("scan", table.scan.map(PlanJSON.value) ?? .null),
              ("remove", .array(table.removals.map { .string($0) })),
            ])
          })
      ),
    ])
  }
}
