import Synchronization

/// Requests by operation.
final class RequestCounters: Sendable {
  private let state = Mutex<[String: Int]>([:])

  /// Counts one.
  func count(_ operation: Operation) { state.withLock { $0[operation.rawValue, default: 0] += 1 } }

  /// All counts so far.
  var counts: [String: Int] { state.withLock { $0 } }
}
