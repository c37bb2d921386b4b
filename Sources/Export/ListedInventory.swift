internal import BlobStorage
internal import Planning

extension BlobStore {
  /// Lists a container page by page, and keeps what planning asks of its blobs; nothing where it is absent.
  func inventory(of table: String, in container: String, lineage: String?) async throws(StoreError) -> BlobInventory {
    var fold = InventoryFold(lineage: lineage, table: table)
    do throws(StoreError) {
      try await list(container, prefix: "", metadata: true) { page in
        for blob in page { fold.add(blob) }
      }
    } catch {
      if error.code != .notFound { throw error }
    }
    return fold.result()
  }
}
