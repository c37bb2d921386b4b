package import BlobStorage
internal import Timeline

/// The manifest in a store: append blobs of CSV in a container of their own.
///
/// This side reads; `LedgerWriter` appends.
package struct Ledger: Sendable {
  package let store: any BlobStore
  /// The manifest's container.
  package let container: String

  package init(store: any BlobStore, container: String) {
    self.store = store
    self.container = container
  }
}

extension Ledger {
  /// Reads the lineage; nil where the container or the file is absent.
  package func lineage() async throws -> Lineage? {
    let address = BlobAddress(container: container, name: Lineage.blobName)
    do {
      return try Lineage(decoding: try await store.read(address, range: nil), place: address.description)
    } catch let error as StoreError where error.code == .notFound {
      return nil
    }
  }

  /// The segments of every table; none where the container is absent.
  package func segments() async throws -> [ManifestSegment: BlobInfo] {
    var found: [ManifestSegment: BlobInfo] = [:]
    do throws(StoreError) {
      try await store.list(container, prefix: "", metadata: false) { page in
        for blob in page {
          if let segment = ManifestSegment(name: blob.name) { found[segment] = blob }
        }
      }
    } catch {
      if error.code != .notFound { throw error }
    }
    return found
  }

  /// Folds the rows of one table, out of the segments given, in their order.
  ///
  /// Throws `ManifestError` at the first line that cannot be trusted.
  package func read(_ table: String, from segments: [ManifestSegment: BlobInfo]) async throws -> ArchivedTable {
    var fold = ManifestFold(table: table)
    for (segment, _) in segments.filter({ $0.key.table == table }).sorted(by: { $0.key < $1.key }) {
      let address = address(segment)
      try fold.add(try await store.read(address, range: nil), place: address.description)
    }
    return fold.result()
  }

  /// Where a segment lies.
  func address(_ segment: ManifestSegment) -> BlobAddress {
    BlobAddress(container: container, name: segment.name)
  }
}
