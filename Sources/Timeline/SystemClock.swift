#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

extension Tick {
  /// The wall clock in ticks, read with `clock_gettime(CLOCK_REALTIME)`.
  package static func now() -> Tick {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Tick(rawValue: Int64(time.tv_sec) * Timespan.second.ticks + Int64(time.tv_nsec) / 100)
  }
}
