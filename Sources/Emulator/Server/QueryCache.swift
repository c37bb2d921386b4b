import Synchronization

/// The service's cache of answers: two minutes, by request.
final class QueryCache: Sendable {
  private struct Entry {
    var body: [UInt8]
    var headers: [(String, String)]
    /// Milliseconds since 1970.
    var stored: Int64
  }

  /// Answers larger than this are not kept.
  static let largest = 1 << 20
  /// Two minutes.
  private static let life: Int64 = 120_000
  private static let most = 256

  private let clock: EmulatorClock
  private let entries = Mutex<[String: Entry]>([:])

  /// An empty cache.
  init(clock: EmulatorClock) { self.clock = clock }

  /// A kept answer with its age in seconds.
  func find(_ key: String) -> (body: [UInt8], headers: [(String, String)], age: Int)? {
    let now = clock.milliseconds()
    return entries.withLock { entries in
      guard let entry = entries[key], now - entry.stored < Self.life else { return nil }
      return (entry.body, entry.headers, Int((now - entry.stored) / 1000))
    }
  }

  /// Keeps an answer.
  func store(_ key: String, body: [UInt8], headers: [(String, String)]) {
    let now = clock.milliseconds()
    entries.withLock { entries in
      if entries.count >= Self.most { entries = entries.filter { now - $0.value.stored < Self.life } }
      if entries.count >= Self.most, let oldest = entries.min(by: { $0.value.stored < $1.value.stored }) {
        entries[oldest.key] = nil
      }
      entries[key] = Entry(body: body, headers: headers, stored: now)
    }
  }
}

extension LogQueryRequest {
  /// What two requests must share to share an answer.
  var cacheKey: String {
    [
      workspace, endpoint.rawValue, query, timespan ?? "-", workspaces.joined(separator: ","), "\(includeStatistics)",
      "\(includeRender)",
    ].joined(separator: "\u{0}")
  }
}
