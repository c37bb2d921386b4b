package import BlobStorage
package import Manifest
package import Timeline

/// Which archive the containers belong to.
package struct ArchiveBinding: Sendable {
  /// Nil before the first apply.
  package var lineage: Lineage?
  /// Containers that are absent, or carry no lineage yet.
  package var unbound: [String]

  /// Containers that are looked at at once: a spec may have hundreds.
  private static let lookWidth = 8

  /// Reads the lineage and the containers' metadata, and refuses what contradicts them.
  package static func observe(
    store: any BlobStore, ledger: Ledger, workspace: String, containers: [String]
  ) async throws -> ArchiveBinding {
    let lineage = try await ledger.lineage()
    if let lineage, lineage.workspace != workspace {
      throw ManifestError(
        place: "\(ledger.container)/\(Lineage.blobName)",
        reason: "this archive is of workspace \(lineage.workspace), the spec names \(workspace)",
        remedy: "Nothing was changed. Correct source.workspace, or choose another destination.")
    }
    let all = [ledger.container] + containers
    let marks = try await all.mapConcurrently(width: lookWidth) { container in
      try await store.containerMetadata(container).flatMap { Lineage.id(in: $0.values) }
    }
    var unbound: [String] = []
    for (container, found) in zip(all, marks) {
      if let found, found != lineage?.id {
        throw ManifestError(
          place: container,
          reason: lineage == nil
            ? "the container belongs to archive \(found), but \(ledger.container)/\(Lineage.blobName) is absent"
            : "the container belongs to archive \(found), this one is \(lineage?.id ?? "")",
          remedy: lineage == nil
            ? "Nothing was changed. Bring the manifest back with logexport manifest rebuild, or choose another destination."
            : "Nothing was changed. Choose another container: two archives cannot share one.")
      }
      if found == nil { unbound.append(container) }
    }
    return ArchiveBinding(lineage: lineage, unbound: unbound)
  }

  /// Creates what is absent and binds it: the manifest's container and the lineage
  /// first, then the tables' containers. A lineage that is known already, by its id, is taken where there is no file.
  package static func establish(
    _ containers: [String], store: any BlobStore, ledger: Ledger, workspace: String, now: Tick,
    lineage known: String? = nil
  ) async throws -> Lineage {
    if containers.contains(ledger.container) { _ = try await create(ledger.container, [:], store) }
    let lineage = try await establishLineage(store: store, ledger: ledger, workspace: workspace, now: now, known)
    // First that of the manifest, by which a container that is bound is known for this archive's.
    if containers.contains(ledger.container) { try await bind(ledger.container, to: lineage, store) }
    let others = containers.filter { $0 != ledger.container }
    _ = try await others.mapConcurrently(width: lookWidth) { try await bind($0, to: lineage, store) }
    return lineage
  }

  private static func establishLineage(
    store: any BlobStore, ledger: Ledger, workspace: String, now: Tick, _ known: String?
  ) async throws -> Lineage {
    if let lineage = try await ledger.lineage() { return lineage }
    var made = Lineage.make(workspace: workspace, at: now)
    if let known { made.id = known }
    let address = BlobAddress(container: ledger.container, name: Lineage.blobName)
    do throws(StoreError) {
      _ = try await store.put(
        try encode(made), to: address, BlobProperties(contentType: "application/json"))
    } catch {
      // Another first apply was quicker, or our own reply was lost: what lies there counts.
      guard error.code == .alreadyExists || error.code == .unavailable else { throw error }
    }
    guard let lineage = try await ledger.lineage(), lineage.workspace == workspace else {
      throw ManifestError(
        place: address.description, reason: "it was written by another run for another workspace",
        remedy: "Nothing was exported. Choose another destination.")
    }
    return lineage
  }

  private static func encode(_ lineage: Lineage) throws(StoreError) -> [UInt8] {
    do throws(ManifestError) { return try lineage.encoded() } catch {
      throw StoreError(.local, operation: "encode \(Lineage.blobName)", message: error.reason)
    }
  }

  /// False where the container was there already.
  private static func create(
    _ container: String, _ metadata: [String: String], _ store: any BlobStore
  ) async throws(StoreError) -> Bool {
    do throws(StoreError) {
      try await store.createContainer(container, metadata: metadata)
      return true
    } catch {
      if error.code != .alreadyExists { throw error }
      return false
    }
  }

  private static func bind(_ container: String, to lineage: Lineage, _ store: any BlobStore) async throws {
    if try await create(container, lineage.metadata, store) { return }
    for attempt in 1... {
      guard let metadata = try await store.containerMetadata(container) else { return }
      if let found = Lineage.id(in: metadata.values) {
        if found == lineage.id { return }
        throw ManifestError(
          place: container, reason: "another archive, \(found), has just taken this container",
          remedy: "Choose another container: two archives cannot share one.")
      }
      do throws(StoreError) {
        return try await store.setContainerMetadata(
          container, metadata.values.merging(lineage.metadata) { _, new in new }, ifMatch: metadata.etag)
      } catch {
        // Changed since it was read, perhaps by a killed run of this very archive.
        guard error.code == .conditionFailed, attempt < bindAttempts else { throw error }
      }
    }
  }

  /// Times that a container's metadata may change under way before that is an error.
  private static let bindAttempts = 5
}
