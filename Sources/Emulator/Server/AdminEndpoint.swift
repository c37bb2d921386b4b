import FoundationEssentials

/// The emulator's own endpoint: `GET /_emulator/requests`,
/// `POST /_emulator/faults`, `POST /_emulator/ingest?table=NAME`,
/// `POST /_emulator/tables`, `POST /_emulator/leases?advance=SECONDS`,
/// `POST /_emulator/policies?advance=DAYS`, `POST /_emulator/caller`,
/// `GET /_emulator/resource-requests`,
/// `POST /_emulator/federated-token`.
struct AdminEndpoint {
  let faults: FaultInjector
  let counters: RequestCounters
  let gate: QueryGate
  let logs: any LogService
  let blobs: BlobService
  let caller: CallerSetting
  let record: ResourceRecord
  let federation: FederatedIssuer

  /// Answers without authentication: the listener is on loopback only.
  func answer(_ request: HTTPRequest) -> HTTPResponse {
    switch (request.method, request.target.path(from: 1)) {
    case ("GET", "requests"):
      return .json(
        200,
        "{\"requests\":\(Self.object(counters.counts)),\"faults\":\(Self.object(faults.counts)),"
          + "\"peakConcurrency\":\(gate.peak)}")
    case ("POST", "faults"):
      do {
        faults.replace(try FaultRule.parse(String(decoding: request.body, as: UTF8.self)))
        return HTTPResponse(status: 204)
      } catch {
        return LogErrors.response(400, "BadArgumentError", error.description)
      }
    case ("POST", "ingest"):
      guard let table = request.target["table"] else {
        return LogErrors.response(400, "BadArgumentError", "table= is needed")
      }
      guard let refusal = logs.ingest(stream: table, body: Self.array(request.body)) else {
        return HTTPResponse(status: 204)
      }
      return HTTPResponse(status: refusal.status, body: .bytes(refusal.body))
    case ("POST", "leases"):
      guard let seconds = request.target["advance"].flatMap({ Int($0) }), (0...86_400).contains(seconds) else {
        return LogErrors.response(400, "BadArgumentError", "advance= takes seconds, up to a day")
      }
      blobs.advanceLeases(seconds: seconds)
      return HTTPResponse(status: 204)
    case ("POST", "policies"):
      guard let days = request.target["advance"].flatMap({ Int($0) }), (0...146_000).contains(days) else {
        return LogErrors.response(400, "BadArgumentError", "advance= takes days, up to 146,000")
      }
      blobs.advancePolicies(days: days)
      return HTTPResponse(status: 204)
    case ("POST", "caller"):
      guard let caller = Caller(String(decoding: request.body, as: UTF8.self).trimmingBlanks()) else {
        return LogErrors.response(400, "BadArgumentError", "the body takes an IPv4 address or a subnet's identifier")
      }
      self.caller.value = caller
      return HTTPResponse(status: 204)
    case ("GET", "resource-requests"): return .json(200, record.requests)
    case ("POST", "federated-token"):
      let target = request.target
      do {
        let token = try federation.token(
          issuer: target["issuer"] ?? FederatedIssuer.issuer, subject: target["subject"] ?? FederatedIssuer.subject,
          audience: target["audience"] ?? FederatedIssuer.audience,
          lifetime: target["lifetime"].flatMap { Int64($0) } ?? 86_400)
        return HTTPResponse(status: 200, body: .bytes(Array(token.utf8)))
      } catch {
        return LogErrors.response(500, "InternalServerError", "\(error)")
      }
    case ("POST", "tables"):
      guard let refusal = logs.define(table: request.body) else { return HTTPResponse(status: 204) }
      return HTTPResponse(status: refusal.status, body: .bytes(refusal.body))
    default:
      return LogErrors.response(404, "PathNotFoundError", "The requested path does not exist")
    }
  }

  /// Rows of an NDJSON file did not go in.
  struct IngestionRefused: Error, CustomStringConvertible {
    let description: String
  }

  /// Takes in the rows of an NDJSON file.
  static func ingest(file: String, table: String, logs: any LogService) throws {
    let bytes = Array(try Data(contentsOf: URL(filePath: file)))
    if let refusal = logs.ingest(stream: table, body: array(bytes)) {
      throw IngestionRefused(description: "\(file): \(String(decoding: refusal.body, as: UTF8.self))")
    }
  }

  /// Lines of JSON as one array.
  static func array(_ lines: [UInt8]) -> [UInt8] {
    var out: [UInt8] = [UInt8(ascii: "[")]
    out.reserveCapacity(lines.count + 2)
    for line in lines.split(separator: UInt8(ascii: "\n")) where !line.allSatisfy({ $0 == 0x20 || $0 == 0x0d }) {
      if out.count > 1 { out.append(UInt8(ascii: ",")) }
      out += line
    }
    out.append(UInt8(ascii: "]"))
    return out
  }

  private static func object(_ counts: [String: Int]) -> String {
    "{" + counts.sorted { $0.key < $1.key }.map { "\(Escaped.json($0.key)):\($0.value)" }.joined(separator: ",") + "}"
  }
}
