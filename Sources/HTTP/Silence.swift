/// How long a connection has moved nothing.
///
/// curl's own low-speed limit keeps counting across the arrival of a head: a response whose head took
/// long, and whose body did not come with it, would be given up at once.
struct Silence {
  private var moved = 0
  private var since: ContinuousClock.Instant

  init(at now: ContinuousClock.Instant) {
    since = now
  }

  /// How long the count of bytes, in both directions, has stood at `moved`.
  mutating func length(moved: Int, at now: ContinuousClock.Instant) -> Duration {
    if moved != self.moved { restart(at: now) }
    self.moved = moved
    return since.duration(to: now)
  }

  /// Begins anew: a pause of the reader's is no silence of the server's.
  mutating func restart(at now: ContinuousClock.Instant) {
    since = now
  }
}
