import Glibc

/// What the emulator takes the time from, so that tests may set it.
package struct EmulatorClock: Sendable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  package let milliseconds: @Sendable () -> Int64

  /// A clock that reads what it is given.
  package init(milliseconds: @escaping @Sendable () -> Int64) {
    self.milliseconds = milliseconds
  }

  /// Whole seconds since 1970-01-01T00:00:00Z.
  package var seconds: Int64 { milliseconds() / 1000 }

  /// The machine's own clock (`clock_gettime`, `CLOCK_REALTIME`).
  package static let system = EmulatorClock {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
