internal import Export
internal import ExportSpec
internal import Timeline

/// The tables of a workspace that got data lately, the largest first.
struct WorkspaceTables {
  /// Bytes as billed, decimal.
  var tables: [(name: String, bytes: Int)]

  /// Asks the table Usage, where the service itself notes the volume of each table by the hour. It is
  /// small and free of charge, where a search over all tables would read them.
  ///
  /// Throws what the source throws: a workspace without data has no such table.
  init(of source: any LogSource, now: Tick = .now()) async throws {
    let query = LogQuery(
      text: "Usage | where TimeGenerated > ago(\(Self.days)d) | summarize Megabytes = sum(Quantity) by DataType",
      span: TimeRange(now - .day * Int64(Self.days), now), plan: nil)
    tables = try await source.table(query).compactMap { row in
      // The service may order the columns of a summary as it likes: only one of them is a text.
      let name = row.compactMap { if case .text(let text) = $0, isIdentifier(text) { text } else { nil } }.first
      let megabytes = row.compactMap { value -> Double? in
        switch value {
        case .real(let real): real.isFinite ? real : nil
        case .integer(let integer): Double(integer)
        default: nil
        }
      }.first
      return name.map { ($0, Int((megabytes ?? 0) * 1e6)) }
    }.sorted { ($1.bytes, $0.name) < ($0.bytes, $1.name) }
  }

  /// How far back `Usage` is asked.
  static let days = 31
}

extension WorkspaceTables {
  /// Whether the service says that there is no table of a name that got no data lately; false also where it says
  /// anything else.
  func isAbsent(_ name: String, from source: any LogSource) async -> Bool {
    let query = LogQuery(text: "\(name) | take 0", span: TimeRange(.now(), .now()), plan: nil)
    do throws(SourceError) { _ = try await source.table(query) } catch {
      return error.message.contains("resolve table")
    }
    return false
  }

  /// A numbered list with the volume of each.
  var text: String {
    let width = tables.map(\.name.count).max() ?? 0
    return tables.enumerated().map { index, table in
      let number = String(index + 1)
      let indent = String(repeating: " ", count: max(0, String(tables.count).count - number.count))
      let gap = String(repeating: " ", count: width - table.name.count)
      return "  \(indent)\(number)  \(table.name)\(gap)  \(Quantity.bytes(table.bytes))\n"
    }.joined()
  }

  /// The names that an answer picks: numbers and spans of them, names, patterns, `all`; nil with the word
  /// that picks none.
  func picked(_ answer: String) -> (names: [String], unknown: String?) {
    var names: [String] = []
    for word in answer.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
      let found = pick(String(word))
      if found.isEmpty { return (names, String(word)) }
      names += found.filter { !names.contains($0) }
    }
    return (names, nil)
  }

  private func pick(_ word: String) -> [String] {
    if word.lowercased() == "all" { return tables.map(\.name) }
    let ends = word.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    if ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil {
      guard first >= 1, first <= last, last <= tables.count else { return [] }
      return tables[(first - 1)..<last].map(\.name)
    }
    let known = tables.map(\.name).filter { matches($0, glob: word) }
    // A table that got nothing lately may be named all the same.
    return known.isEmpty && isIdentifier(word) ? [word] : known
  }
}
