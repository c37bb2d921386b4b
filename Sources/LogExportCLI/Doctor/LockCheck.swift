internal import BlobStorage
internal import Export
internal import ExportSpec

/// Who holds the archive's lock, or took it last.
enum LockCheck {
  static func perform(_ store: any BlobLeases, manifest: String) async -> Check {
    do throws(StoreError) {
      let place = ArchiveLock.place(in: lockContainerName(manifest: manifest))
      guard let lease = try await store.lease(of: place) else { return .ok("lock", "nobody has taken it yet") }
      let holder = LockHolder(metadata: lease.metadata)
      guard lease.isHeld else {
        return .ok("lock", holder.isNamed ? "free; last taken by \(holder)" : "free; no run has said that it took it")
      }
      guard holder.isNamed else {
        return .warning(
          "lock", "held by \(holder)",
          remedy: "Look again in a minute. A lease that no run took is broken with the account's own tools: \(place)")
      }
      return .warning(
        "lock", "held by \(holder)", remedy: "Where that run is dead: logexport unlock \(holder.lease)")
    } catch {
      return .failed("lock", error)
    }
  }
}
