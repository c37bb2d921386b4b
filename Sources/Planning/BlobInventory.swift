package import BlobStorage
internal import Manifest
package import Timeline

/// The blobs of one table's container, as a listing showed them.
package struct BlobInventory: Sendable {
  /// By name.
  package private(set) var blobs: [String: BlobInfo] = [:]
  /// Receipts of this archive, by the slice that they are of.
  package private(set) var receipts: [TimeRange: [AdoptedBlob]] = [:]

  /// An inventory for a table's container that is not there yet.
  package init() {}

  /// Adds a listed blob; its receipt counts where it is of this lineage and table.
  package mutating func add(_ blob: BlobInfo, lineage: String?, table: String) {
    var info = blob
    // A receipt says all of it in a fraction of the memory, and there may be millions.
    info.metadata = [:]
    blobs[info.name] = info
    guard let receipt = Receipt(metadata: blob.metadata), receipt.lineage == lineage, receipt.table == table else {
      return
    }
    receipts[receipt.sliceRange, default: []].append(AdoptedBlob(info: info, receipt: receipt))
  }
}
