/// Why a command that must be the archive's only writer does not go on.
package enum LockError: Error, Sendable, Equatable {
  /// Another run holds the lock.
  case held(LockHolder)
  /// This run held the lock and lost it; it was stopped.
  case lost(LeaseTerm.Loss)
}

extension LockError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .held(let holder) where !holder.isNamed:
      """
      the archive is locked by \(holder)
        Try again in a moment, or wait for it with --lock-timeout 10m: it says so at once, or is dead, and then its lock
        ends by itself, within a minute. Who holds it tells: logexport doctor
      """
    case .held(let holder):
      """
      the archive is locked by \(holder)
        Wait for it with --lock-timeout 10m. Where that run is dead its lock ends by itself, within a minute;
        where it hangs, end it, or take the lock from it: logexport unlock \(holder.lease)
      """
    case .lost(let loss):
      """
      this run lost the archive's lock and has stopped: \(Self.reason(loss))
        What it had recorded stays and is consistent. Run it again for the rest.
      """
    }
  }

  private static func reason(_ loss: LeaseTerm.Loss) -> String {
    switch loss {
    case .refused(let words): "its lease was ended, or is another's now (\(words))"
    case .ranOut: "its lease could not be renewed in time, or the process was suspended"
    }
  }
}
