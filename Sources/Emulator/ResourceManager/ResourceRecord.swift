import FoundationEssentials
import Synchronization

/// The last requests to Resource Manager as they came, for tests that check
/// them against a description of the service.
final class ResourceRecord: Sendable {
  /// How many are kept.
  private static let capacity = 10_000

  private let state = Mutex<[JSONValue]>([])

  /// Keeps one.
  func add(_ http: HTTPRequest) {
    // What is no JSON is kept as text.
    let body: JSONValue? =
      http.body.isEmpty
      ? nil
      : (try? JSONDecoder().decode(JSONValue.self, from: Data(http.body)))
        ?? .string(String(decoding: http.body, as: UTF8.self))
    let entry = JSONValue.members([
      "method": .string(http.method), "path": .string("/" + http.target.path(from: 0)),
      "query": .object(Dictionary(http.target.query.map { ($0.name, .string($0.value)) }) { $1 }), "body": body,
    ])
    state.withLock { requests in
      if requests.count == Self.capacity { requests.removeFirst() }
      requests.append(entry)
    }
  }

  /// All that are kept, oldest first.
  var requests: JSONValue { .array(state.withLock { $0 }) }
}
