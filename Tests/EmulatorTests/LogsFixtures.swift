import FoundationEssentials

@testable import Emulator

/// A workspace with a clock that stands still, read without HTTP.
struct LogBench {
  let workspace: Workspace
  let time = TestClock()

  init(
    folder: String? = nil, limits: QueryLimits = QueryLimits(), generate: [String: Int] = [:],
    range: String = "2025-03-03T00:00Z/2025-03-10T00:00Z", seed: UInt64 = 1
  ) throws {
    let ends = range.split(separator: "/").map { KQLTime.datetime(String($0)) ?? 0 }
    workspace = try Workspace(
      folder: folder, limits: limits, generators: generate.map { .init(table: $0.key, rowsPerHour: $0.value) },
      generatedRange: ends[0]..<ends[1], seed: seed, clock: time.clock)
  }

  /// Takes in an array or lines of JSON; the refusal's text, nil where there is none.
  func ingest(_ stream: String, _ text: String) -> String? {
    workspace.ingest(stream: stream, body: Array(text.utf8)).map { String(decoding: $0.body, as: UTF8.self) }
  }

  /// Makes a table of `name:type` columns.
  func define(_ table: String, _ columns: String) -> String? {
    let items = columns.split(separator: " ").map { $0.split(separator: ":") }
      .map { "{\"name\":\"\($0[0])\",\"type\":\"\($0[1])\"}" }
    return workspace.define(table: Array("{\"name\":\"\(table)\",\"columns\":[\(items.joined(separator: ","))]}".utf8))
      .map { String(decoding: $0.body, as: UTF8.self) }
  }

  /// The response to a KQL query.
  func respond(
    _ query: String, timespan: String? = nil, endpoint: LogQueryRequest.Endpoint = .query, wait: Int = 180,
    members: Bool = false
  ) -> LogQueryResponse {
    workspace.answer(
      LogQueryRequest(
        workspace: EmulatorConfiguration.developmentWorkspace, endpoint: endpoint, query: query, timespan: timespan,
        waitSeconds: wait, includeStatistics: members, includeRender: members))
  }

  /// The text of an answer.
  func text(_ query: String, timespan: String? = nil, members: Bool = false) throws -> String {
    String(decoding: try respond(query, timespan: timespan, members: members).body.bytes(), as: UTF8.self)
  }

  /// The first table's rows as JSON text; the whole answer where it has none.
  func rows(_ query: String, timespan: String? = nil) throws -> String {
    let text = try text(query, timespan: timespan)
    return try JSONText(text).member("tables")?.first?.member("rows")?.text ?? text
  }

  /// A single number.
  func number(_ query: String, timespan: String? = nil) throws -> Int {
    let text = try rows(query, timespan: timespan)
    return Int(text.dropFirst(2).dropLast(2)) ?? -1
  }
}

/// JSON in a form that can be compared, members in their order.
indirect enum JSONText {
  case object([(String, JSONText)])
  case array([JSONText])
  case string(String)
  /// Numbers and the three words.
  case other(String)

  init(_ text: String) throws {
    self = try Array(text.utf8).withUnsafeBufferPointer { bytes in
      var reader = JSONReader(bytes)
      return try Self.read(&reader)
    }
  }

  private static func read(_ reader: inout JSONReader) throws -> JSONText {
    if reader.peek() == UInt8(ascii: "{") {
      var members: [(String, JSONText)] = []
      var failure: (any Error)?
      try reader.object { (key, value) throws(JSONReader.Malformed) in
        do {
          members.append((key.unescaped(), try JSONText(value)))
        } catch {
          failure = error
        }
      }
      if let failure { throw failure }
      return .object(members)
    }
    return try JSONText(try reader.value())
  }

  private init(_ value: JSONReader.Value) throws {
    switch value.kind {
    case .plain, .escaped: self = .string(value.unescaped())
    case .nested where value.text.first == UInt8(ascii: "{"):
      var reader = JSONReader(value.text)
      self = try Self.read(&reader)
    case .nested:
      var reader = JSONReader(value.text)
      try reader.expect("[")
      var items: [JSONText] = []
      if !reader.take("]") {
        repeat { items.append(try JSONText(try reader.value())) } while reader.take(",")
      }
      self = .array(items)
    default: self = .other(String(decoding: value.text, as: UTF8.self))
    }
  }

  func member(_ name: String) -> JSONText? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.0 == name }?.1
  }

  var first: JSONText? {
    guard case .array(let items) = self else { return nil }
    return items.first
  }

  /// Without blanks, with as few escapes as can be.
  var text: String {
    switch self {
    case .object(let members): "{" + members.map { "\(Escaped.json($0.0)):\($0.1.text)" }.joined(separator: ",") + "}"
    case .array(let items): "[" + items.map(\.text).joined(separator: ",") + "]"
    case .string(let text): Escaped.json(text)
    case .other(let text): text
    }
  }

  /// Names and kinds alone: of an array its first element's, of a leaf its kind.
  var shape: String {
    switch self {
    case .object(let members): "{" + members.map { "\($0.0):\($0.1.shape)" }.joined(separator: ",") + "}"
    case .array(let items): "[\(items.first?.shape ?? "")]"
    case .string: "string"
    case .other(let text): text == "null" ? "null" : text == "true" || text == "false" ? "bool" : "number"
    }
  }
}

/// Bodies recorded from the service, where they lie beside the package.
enum Recording {
  /// `../shared/wire`; nil where it is absent.
  static let folder: String? = {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().path + "/../../../shared/wire"
    // A working tree of its own may lie one level deeper.
    return [folder, URL(filePath: #filePath).deletingLastPathComponent().path + "/../../../../shared/wire"]
      .first { FileManager.default.fileExists(atPath: $0 + "/all-types.json") }
  }()

  static func read(_ name: String) throws -> String {
    let data = try Data(contentsOf: URL(filePath: (folder ?? "") + "/" + name))
    return String(decoding: data, as: UTF8.self).trimmingSpace
  }
}

/// A folder that goes with its owner.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/logexport-tests-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  // Left behind, it harms nobody.
  deinit { try? FileManager.default.removeItem(atPath: path) }
}
