import FoundationEssentials
import Synchronization

@testable import Emulator

/// Answers every query with the same text and remembers what it was asked.
final class StubLogs: LogService {
  private let text: String
  private let status: Int
  private let queries = Mutex<[LogQueryRequest]>([])
  private let rows = Mutex<[(stream: String, body: String)]>([])

  init(_ text: String = #"{"tables":[{"name":"PrimaryResult","columns":[],"rows":[[1]]}]}"#, status: Int = 200) {
    self.text = text
    self.status = status
  }

  var asked: [LogQueryRequest] { queries.withLock { $0 } }
  var ingested: [(stream: String, body: String)] { rows.withLock { $0 } }

  func answer(_ request: LogQueryRequest) -> LogQueryResponse {
    queries.withLock { $0.append(request) }
    return LogQueryResponse(status: status, body: BytesBody(Array(text.utf8)))
  }

  func ingest(stream: String, body: [UInt8]) -> (status: Int, body: [UInt8])? {
    rows.withLock { $0.append((stream, String(decoding: body, as: UTF8.self))) }
    return nil
  }

  func define(table: [UInt8]) -> (status: Int, body: [UInt8])? { nil }
}

/// A clock that stands still until it is moved.
final class TestClock: Sendable {
  private let now = Mutex<Int64>(1_750_000_000_000)

  var clock: EmulatorClock { EmulatorClock { self.now.withLock { $0 } } }
  var seconds: Int64 { clock.seconds }

  func advance(seconds: Int64) { now.withLock { $0 += seconds * 1000 } }
}

/// All services without a socket.
struct Bench {
  let services: Services
  let logs: StubLogs
  let time = TestClock()
  let credentials = ClientCredentials.development

  init(_ logs: StubLogs = StubLogs(), _ change: (inout EmulatorConfiguration) throws -> Void = { _ in }) throws {
    var configuration = EmulatorConfiguration()
    configuration.clock = time.clock
    try change(&configuration)
    self.logs = logs
    services = try Services(configuration, logs: logs)
  }

  func send(
    _ method: String, _ target: String, _ headers: [String: String] = [:], body: String = ""
  ) -> Reply {
    var fields = HTTPHeaders()
    for (name, value) in headers { fields.append(name, value) }
    let request = HTTPRequest(
      method: method, target: RequestTarget(target), headers: fields, body: Array(body.utf8))
    return Reply(services.answer(request, scheme: "http"))
  }

  func token(_ audience: String) throws -> String {
    let reply = send(
      "POST", "/\(credentials.tenant)/oauth2/v2.0/token",
      body: "grant_type=client_credentials&client_id=\(credentials.client)&client_secret=\(credentials.secret)"
        + "&scope=\(audience)/.default")
    let text = reply.text
    guard let start = text.range(of: "\"access_token\":\"") else { throw NoToken(body: text) }
    return String(text[start...].prefix { $0 != "\"" })
  }

  struct NoToken: Error { let body: String }

  /// One query with a fresh token and the headers a client sends.
  func query(
    _ text: String = "T", headers: [String: String] = [:],
    workspace: String = EmulatorConfiguration.developmentWorkspace
  ) throws -> Reply {
    let all = [
      "Authorization": "Bearer \(try token("https://api.loganalytics.io"))", "Content-Type": "application/json",
    ].merging(headers) { $1 }
    return send("POST", "/v1/workspaces/\(workspace)/query", all, body: "{\"query\":\(Escaped.json(text))}")
  }

  /// One request to Resource Manager, for a resource of the group or for a whole path.
  func resource(
    _ method: String, _ path: String, _ body: JSONValue? = nil, _ headers: [String: String] = [:]
  ) throws -> Reply {
    let start = "/subscriptions/\(ResourceID.subscription)/resourceGroups/\(ResourceID.group)/providers/"
    let all = ["Authorization": "Bearer \(try token("https://management.azure.com"))"].merging(headers) { $1 }
    return send(
      method, (path.hasPrefix("/") ? path : start + path) + "?api-version=2023-05-01", all, body: body?.text ?? "")
  }

  /// Changes properties of the development account.
  @discardableResult
  func account(_ properties: JSONValue) throws -> Reply {
    try resource("PATCH", Self.account, ["properties": properties])
  }

  static let account = "Microsoft.Storage/storageAccounts/devstoreaccount1"
  static let containers = account + "/blobServices/default/containers"

  /// One request to Blob storage, signed with the development key.
  func blob(
    _ method: String, _ path: String, _ headers: [String: String] = [:], body: String = "",
    key: [UInt8] = StorageAccount.development.key, scheme: String = "http"
  ) -> Reply {
    var fields = HTTPHeaders()
    for (name, value) in headers { fields.append(name, value) }
    fields.append("x-ms-date", HTTPDate.format(time.seconds))
    if fields["x-ms-version"] == nil { fields.append("x-ms-version", "2023-11-03") }
    if !body.isEmpty { fields.append("Content-Length", "\(body.utf8.count)") }
    var request = HTTPRequest(
      method: method, target: RequestTarget("/devstoreaccount1/\(path)"), headers: fields, body: Array(body.utf8))
    let text = SharedKey.stringToSign(request, account: "devstoreaccount1")
    let signature = Base64.encode(Digest.hmac(key: key, Array(text.utf8)))
    request.headers.append("Authorization", "SharedKey devstoreaccount1:\(signature)")
    return Reply(services.answer(request, scheme: scheme))
  }

  /// One request to Blob storage with a token.
  func blobByToken(_ method: String, _ path: String, _ headers: [String: String] = [:], body: String = "") throws
    -> Reply
  {
    let all = ["Authorization": "Bearer \(try token("https://storage.azure.com"))", "x-ms-version": "2023-11-03"]
    return send(method, "/devstoreaccount1/\(path)", all.merging(headers) { $1 }, body: body)
  }
}

/// A response with its body read.
struct Reply {
  let status: Int
  let headers: [String: String]
  let bytes: [UInt8]
  /// Whether the body broke off.
  let isCut: Bool
  let isReset: Bool

  init(_ response: HTTPResponse) {
    status = response.status
    headers = Dictionary(response.headers.map { ($0.0.lowercased(), $0.1) }) { $1 }
    if case .reset = response.ending { isReset = true } else { isReset = false }
    var bytes: [UInt8] = []
    var isCut = false
    switch response.body {
    case .bytes(let all): bytes = all
    case .stream(let body, _):
      var piece = [UInt8](repeating: 0, count: 7)
      do {
        while case let count = try piece.withUnsafeMutableBytes({ try body.next(into: $0) }), count > 0 {
          bytes += piece[..<count]
        }
      } catch {
        isCut = true
      }
    }
    (self.bytes, self.isCut) = (bytes, isCut)
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }
  /// The body, where it is JSON.
  func json() throws -> JSONValue { try JSONDecoder().decode(JSONValue.self, from: Data(bytes)) }
  /// Resource Manager's error code.
  func errorCode() throws -> String? { try json()["error"]?["code"]?.string }
  /// The storage error code.
  var code: String? { headers["x-ms-error-code"] }
}

extension String {
  /// Where the text behind `needle` begins.
  func range(of needle: String) -> Index? {
    let all = Array(utf8)
    let wanted = Array(needle.utf8)
    guard all.count >= wanted.count else { return nil }
    for start in 0...(all.count - wanted.count) where all[start..<start + wanted.count].elementsEqual(wanted) {
      return utf8.index(utf8.startIndex, offsetBy: start + wanted.count)
    }
    return nil
  }
}
