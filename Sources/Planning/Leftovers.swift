internal import BlobStorage
internal import ExportSpec
internal import Manifest
internal import Timeline

/// Blobs of this archive that no generation in force refers to, left by a run
/// that was killed between the manifest's append and the deletion.
struct Leftovers {
  let blobs: [ObsoleteBlob]

  /// None where blobs were not listed. A blob without a receipt of this archive
  /// is somebody else's and never touched.
  init(state: TableState) {
    guard let inventory = state.inventory else {
      blobs = []
      return
    }
    let referenced = Set(state.archived.slices.lazy.flatMap(state.archived.parts(of:)).compactMap(state.blobName(of:)))
    let rows = Dictionary(
      state.archived.outdated.compactMap { row in state.blobName(of: row).map { ($0, row) } },
      uniquingKeysWith: { first, _ in first })
    var found: [ObsoleteBlob] = []
    for (slice, receipts) in inventory.receipts where state.archived.covered.contains(slice) {
      let inForce = state.archived.generation(of: slice)
      for blob in receipts where !referenced.contains(blob.info.name) && blob.receipt.generation <= inForce {
        let address = BlobAddress(container: state.spec.container, name: blob.info.name)
        if state.archived.superseded.contains("\(state.storeURL)/\(address)") { continue }
        found.append(ObsoleteBlob(address: address, etag: blob.info.etag, row: rows[blob.info.name]))
      }
    }
    blobs = found.sorted { $0.address.name < $1.address.name }
  }
}

extension ArchivedTable {
  /// The generation in force of exactly this slice; where slices of another width
  /// cover it, every generation of it is past.
  fileprivate func generation(of range: TimeRange) -> Int {
    var low = 0
    var high = slices.count
    while low < high {
      let middle = (low + high) / 2
      if slices[middle].range < range { low = middle + 1 } else { high = middle }
    }
    return low < slices.count && slices[low].range == range ? slices[low].generation : .max
  }
}
