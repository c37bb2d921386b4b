/// The lease of a blob or container, and its five operations. Times are
/// milliseconds since 1970.
struct Lease: Sendable, Codable, Equatable {
  /// States and their names on the wire.
  enum State: String, Sendable {
    case available, leased, expired, breaking, broken
  }

  private(set) var id: String?
  /// Seconds, or -1 without end.
  private(set) var duration = 0
  private var expires: Int64?
  private var breaks: Int64?

  /// The state at a time.
  func state(at now: Int64) -> State {
    guard id != nil else { return .available }
    if let breaks { return now < breaks ? .breaking : .broken }
    if let expires, now >= expires { return .expired }
    return .leased
  }

  /// The three lease headers of blobs and containers.
  func headers(at now: Int64) -> [(String, String)] {
    let state = state(at: now)
    let isLocked = state == .leased || state == .breaking
    var headers = [("x-ms-lease-status", isLocked ? "locked" : "unlocked"), ("x-ms-lease-state", state.rawValue)]
    if state == .leased { headers.append(("x-ms-lease-duration", duration < 0 ? "infinite" : "fixed")) }
    return headers
  }
}

extension Lease {
  /// Acquires, or acquires again under the same id.
  mutating func acquire(_ proposed: String, seconds: Int, at now: Int64) throws(StorageError) {
    switch state(at: now) {
    case .leased where id != proposed:
      throw StorageError(409, "LeaseAlreadyPresent", "There is already a lease present.")
    case .breaking:
      throw StorageError(
        409, id == proposed ? "LeaseIsBreakingAndCannotBeAcquired" : "LeaseAlreadyPresent",
        "There is already a lease present.")
    default: break
    }
    (id, duration, breaks) = (proposed, seconds, nil)
    expires = seconds < 0 ? nil : now + Int64(seconds) * 1000
  }

  /// Renews for another duration.
  mutating func renew(_ given: String, at now: Int64) throws(StorageError) {
    try match(given)
    guard breaks == nil else {
      throw StorageError(
        409, "LeaseIsBrokenAndCannotBeRenewed", "The lease ID matched, but the lease has been broken explicitly.")
    }
    expires = duration < 0 ? nil : now + Int64(duration) * 1000
  }

  /// Gives the lease another id; naming the new id again succeeds.
  mutating func change(_ given: String, to proposed: String, at now: Int64) throws(StorageError) {
    if id != proposed { try match(given) }
    switch state(at: now) {
    case .leased: id = proposed
    case .breaking:
      throw StorageError(409, "LeaseIsBreakingAndCannotBeChanged", "The lease is breaking and cannot be changed.")
    default:
      throw StorageError(409, "LeaseNotPresentWithLeaseOperation", "There is currently no lease.")
    }
  }

  /// Ends the lease at once.
  mutating func release(_ given: String) throws(StorageError) {
    // Unlike the other operations, this one tells no lease from another's.
    guard id?.lowercased() == given.lowercased() else { throw Self.mismatch }
    self = Lease()
  }

  /// Breaks the lease and returns the seconds until it is broken.
  mutating func breakOff(period: Int?, at now: Int64) throws(StorageError) -> Int {
    guard id != nil else {
      throw StorageError(409, "LeaseNotPresentWithLeaseOperation", "There is currently no lease.")
    }
    let left = breaks ?? expires
    let wanted = period.map { now + Int64($0) * 1000 }
    let end = max(now, min(left ?? wanted ?? now, wanted ?? left ?? now))
    breaks = end
    return Int((end - now + 999) / 1000)
  }

  /// Drops the lease behind its holder's back, for faults.
  mutating func lose() {
    self = Lease()
  }

  /// What a write must show: the id where there is a lease, and none, or none
  /// that was lost, where there is not.
  mutating func permitWrite(_ given: String?, at now: Int64, to kind: String) throws(StorageError) {
    switch state(at: now) {
    case .leased, .breaking:
      guard let given else {
        throw StorageError(
          412, "LeaseIdMissing", "There is currently a lease on the \(kind.lowercased()) and no lease ID was specified."
        )
      }
      guard given.lowercased() == id?.lowercased() else {
        throw StorageError(
          412, "LeaseIdMismatchWith\(kind)Operation", "The lease ID specified did not match the lease ID.")
      }
    case .expired, .broken:
      guard given == nil else {
        throw StorageError(412, "LeaseLost", "A lease ID was specified, but the lease has expired.")
      }
      // An expired lease cannot be renewed once someone else has written.
      self = Lease()
    case .available:
      guard given == nil else {
        throw StorageError(
          412, "LeaseNotPresentWith\(kind)Operation", "There is currently no lease on the \(kind.lowercased()).")
      }
    }
  }

  private func match(_ given: String) throws(StorageError) {
    guard let id else {
      throw StorageError(409, "LeaseNotPresentWithLeaseOperation", "There is currently no lease.")
    }
    guard id.lowercased() == given.lowercased() else { throw Self.mismatch }
  }

  private static let mismatch = StorageError(
    409, "LeaseIdMismatchWithLeaseOperation", "The lease ID specified did not match the lease ID.")
}
