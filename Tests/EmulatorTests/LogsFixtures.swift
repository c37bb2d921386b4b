import FoundationEssentials
import Synchronization

@testable import Emulator

/// A workspace with a clock that stands still, read without HTTP.
struct LogBench {
  let workspace: Workspace
  let time = TestClock()

  init(
    folder: String? = nil, limits: QueryLimits = QueryLimits(), generators: [EmulatorOptions.Generator] = [],
    range: Range<Int64>? = nil, seed: UInt64 = 1
  ) throws {
    workspace = try Workspace(folder: folder, limits: limits, seed: seed, clock: time.clock)
  }

  /// Takes in an array or lines of JSON; the refusal's text, nil where there is none.
  func ingest(_ stream: String, _ text: String) -> String? {
    workspace.ingest(stream: stream, body: Array(text.utf8)).map { String(decoding: $0.body, as: UTF8.self) }
  }

  /// Status and body of a KQL query.
  func ask(
    _ query: String, timespan: String? = nil, endpoint: LogQueryRequest.Endpoint = .query,
    change: (inout LogQueryRequest) -> Void = { _ in }
  ) throws -> (status: Int, text: String) {
    var request = LogQueryRequest(
      workspace: EmulatorConfiguration.developmentWorkspace, endpoint: endpoint, query: query, timespan: timespan)
    change(&request)
    let response = workspace.answer(request)
    return (response.status, String(decoding: try response.body.bytes(), as: UTF8.self))
  }

  /// The text between `"rows":` and the end of the tables.
  func rows(_ query: String, timespan: String? = nil) throws -> String {
    let (status, text) = try ask(query, timespan: timespan)
    guard status == 200, let start = text.range(of: "\"rows\":") else { throw NoRows(body: text) }
    let rows = text[start...]
    guard let end = rows.range(of: "}]") else { throw NoRows(body: text) }
    return String(rows[..<end].dropLast(2))
  }

  struct NoRows: Error { let body: String }
}

extension Substring {
  /// Where the text behind the last `needle` begins.
  fileprivate func range(of needle: String) -> Index? {
    let wanted = Array(needle.utf8)
    var found: Index?
    var index = utf8.startIndex
    while index < utf8.endIndex {
      if utf8[index...].starts(with: wanted) { found = utf8.index(index, offsetBy: wanted.count) }
      index = utf8.index(after: index)
    }
    return found
  }
}

/// A folder that goes with its owner.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/logexport-tests-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
