import Export
import ExportSpec
import Synchronization
import Timeline

/// A workspace of one table in memory, which understands just the KQL that is emitted.
final class FakeSource: LogSource {
  struct Row: Hashable, Sendable {
    var time: Tick
    var id: Int
    /// What the hash of the row is taken to be.
    var bucket: Int
  }

  struct State: Sendable {
    var rows: [Row] = []
    var rowLimit = 500_000
    /// Rows before it are not answered for.
    var retainedFrom = Tick.earliest
    /// Answers to export queries that carry this error behind their rows.
    var partialErrors: [String] = []
    /// Answers that break off midway.
    var truncatedBodies = 0
    /// What every export query is refused with.
    var refusal: SourceError?
    /// Rows to leave out of export answers, as a stale cache would.
    var hidden: Set<Int> = []
    /// Megabytes that the workspace was billed for in each hour of 2025-01-01; nil where it has no `Usage`.
    var usage: Double?
    var exportQueries = 0
    var countQueries = 0
    /// Export queries of tables that are billed by what is scanned.
    var searches = 0
  }

  let state: Mutex<State>

  init(_ rows: [Row], rowLimit: Int = 500_000) {
    var state = State()
    state.rows = rows.sorted { ($0.time, $0.id) < ($1.time, $1.id) }
    state.rowLimit = rowLimit
    self.state = Mutex(state)
  }

  func change(_ body: (inout State) -> Void) {
    state.withLock {
      body(&$0)
      $0.rows.sort { ($0.time, $0.id) < ($1.time, $1.id) }
    }
  }

  private static func numbers(_ text: Substring, after mark: String) -> [String] {
    var found: [String] = []
    var rest = text
    while let range = rest.firstRange(of: mark) {
      rest = rest[range.upperBound...]
      found.append(String(rest.prefix { $0 != ")" && $0 != "," && $0 != "\n" }))
    }
    return found
  }

  private func select(_ state: State, _ query: String) -> [Row] {
    let lines = query.split(separator: "\n")
    func ranges(_ line: Substring) -> [TimeRange] {
      let ticks = Self.numbers(line, after: "datetime(").compactMap { Tick(iso8601: $0) }
      if let width = Self.numbers(line, after: "where bin(TimeGenerated, ").first.flatMap({ Timespan(parsing: $0) }) {
        return ticks.map { TimeRange($0, $0 + width) }
      }
      return stride(from: 0, to: ticks.count, by: 2).map { TimeRange(ticks[$0], ticks[$0 + 1]) }
    }
    var rows = state.rows.filter { $0.time >= state.retainedFrom }
    for line in lines where line.contains("datetime(") {
      let ranges = ranges(line)
      rows = rows.filter { row in ranges.contains { $0.contains(row.time) } }
    }
    for line in lines where line.hasPrefix("| where hash_xxhash64") {
      let count = Int(Self.numbers(line, after: "pack_all()), ")[0]) ?? 1
      let index = Int(line.split(separator: " ").last ?? "") ?? 0
      rows = rows.filter { $0.bucket % count == index }
    }
    return rows
  }

  private func usage() throws(SourceError) -> [[LogValue]] {
    guard let megabytes = state.withLock(\.usage) else { throw SourceError(.badQuery, "there is no Usage") }
    return (0..<24).map { hour in
      [.text("2025-01-01T\(hour < 10 ? "0" : "")\(hour):00:00Z"), .real(megabytes)]
    }
  }

  func table(_ query: LogQuery) async throws(SourceError) -> [[LogValue]] {
    if query.text.hasPrefix("Usage\n") { return try usage() }
    let (rows, limit) = state.withLock { state in
      state.countQueries += 1
      return (select(state, query.text), state.rowLimit)
    }
    guard let line = query.text.split(separator: "\n").last(where: { $0.hasPrefix("| summarize") }) else { return [] }
    if !line.contains(" by ") { return [[.integer(Int64(rows.count))]] }
    var groups: [Int64: Int] = [:]
    let isShard = line.contains("hash_xxhash64")
    if isShard {
      let count = Int(Self.numbers(line, after: "pack_all()), ")[0]) ?? 1
      for row in rows { groups[Int64(row.bucket % count), default: 0] += 1 }
    } else {
      let width = Timespan(parsing: Self.numbers(line, after: "bin(TimeGenerated, ")[0]) ?? .hour
      let origin = Tick.earliest.rawValue
      for row in rows { groups[(row.time.rawValue - origin) / width.ticks * width.ticks + origin, default: 0] += 1 }
    }
    if groups.count > limit { throw SourceError(.tooLarge, "too many groups") }
    return groups.map { key, count in
      [
        isShard ? .integer(key) : .text(Tick(rawValue: key).iso8601), .integer(Int64(count)),
        .integer(Int64(count * 50)),
      ]
    }
  }

  func rows(_ query: LogQuery) async throws(SourceError) -> any ResponseStream {
    if let refusal = state.withLock(\.refusal) {
      state.withLock { $0.exportQueries += 1 }
      throw refusal
    }
    let (rows, limit, error, cut) = state.withLock { state in
      state.exportQueries += 1
      if query.plan == .basic { state.searches += 1 }
      let cut = state.truncatedBodies > 0
      if cut { state.truncatedBodies -= 1 }
      return (
        select(state, query.text).filter { [hidden = state.hidden] in !hidden.contains($0.id) }, state.rowLimit,
        state.partialErrors.popLast(), cut
      )
    }
    var body =
      #"{"tables":[{"name":"PrimaryResult","columns":[{"name":"TimeGenerated","type":"datetime"},{"name":"Id","type":"long"}],"rows":["#
    body += rows.prefix(limit).map { "[\"\($0.time.iso8601)\",\($0.id)]" }.joined(separator: ",") + "]}]"
    if let code = rows.count > limit ? "-2133196797" : error {
      body +=
        #","error":{"code":"PartialError","message":"There were some errors","details":[{"code":"EngineError","message":"x","innererror":{"code":""#
        + code + #"","message":"inner"}}]}"#
    }
    return FakeStream(Array((body + "}").utf8), cut: cut)
  }
}

/// A body in chunks of odd sizes; a cut one ends with an error.
final class FakeStream: ResponseStream {
  /// Bytes of each chunk but the last.
  static let chunk = 977
  private let rest: Mutex<(bytes: ArraySlice<UInt8>, cut: Bool)>
  let requestID: String? = "fake"

  init(_ bytes: [UInt8], cut: Bool) {
    rest = Mutex((cut ? bytes.prefix(bytes.count / 2) : bytes[...], cut))
  }

  func next() async throws(SourceError) -> [UInt8]? {
    let (chunk, cut) = rest.withLock { rest in
      let chunk = Array(rest.bytes.prefix(Self.chunk))
      rest.bytes = rest.bytes.dropFirst(chunk.count)
      return (chunk, rest.cut)
    }
    if chunk.isEmpty, cut { throw SourceError(.interrupted, "the connection was reset") }
    return chunk.isEmpty ? nil : chunk
  }

  func cancel() {}
}
