import Glibc

/// A moment of the monotonic clock.
final class Deadline: Sendable {
  private let moment: Int64

  /// So many seconds from now.
  init(seconds: Int) { moment = Self.now + Int64(seconds) * 1_000_000_000 }

  /// Whether it lies in the past.
  var hasPassed: Bool { Self.now >= moment }

  /// Nanoseconds of `CLOCK_MONOTONIC`.
  private static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
