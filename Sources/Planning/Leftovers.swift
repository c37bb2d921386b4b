internal import BlobStorage
internal import ExportSpec
internal import Manifest
internal import Timeline

/// Blobs of this archive that no generation in force refers to, left by a run
/// that was killed between the manifest's append and the deletion.
struct Leftovers {
  /// To delete, by name.
  private(set) var blobs: [ObsoleteBlob] = []
  /// Slices of which a run that was killed before its append has blobs with more
  /// rows than are in force: the source may not have them any more, so they stay.
  private(set) var unrecorded: Set<TimeRange> = []

  /// None where blobs were not listed. A blob without a receipt of this archive
  /// is somebody else's and never touched.
  init(state: TableState) {
    guard let inventory = state.inventory, let survey = state.survey else { return }
    let unreferenced = inventory.received.lazy.map { Int($0) }.filter { !survey.isReferenced[$0] }
    // Mostly there is none, and what follows reads many lines of the manifest.
    if unreferenced.isEmpty { return }
    let superseded = Set(state.archived.superseded.compactMap(state.blobName(of:)))
    let rows = Dictionary(
      state.archived.outdated.compactMap { row in state.blobName(of: row.blobURL).map { ($0, row) } },
      uniquingKeysWith: { first, _ in first })
    for blob in unreferenced.compactMap(inventory.receipt(at:)) {
      let slice = blob.receipt.sliceRange
      guard state.archived.covered.contains(slice) else { continue }
      let inForce = state.archived.slice(at: slice)
      // Where slices of another width cover it, every generation of it is past.
      let generation = inForce?.generation ?? .max
      guard blob.receipt.generation <= generation else { continue }
      if blob.receipt.generation == generation, survey.elsewhere.contains(slice) { continue }
      let row = rows[blob.info.name]
      if row == nil, let inForce, inForce.status != .expired, blob.receipt.rows > inForce.rows {
        unrecorded.insert(slice)
        continue
      }
      if superseded.contains(blob.info.name) { continue }
      let address = BlobAddress(container: state.spec.container, name: blob.info.name)
      blobs.append(ObsoleteBlob(address: address, etag: blob.info.etag, row: row))
    }
    blobs.sort { $0.address.name < $1.address.name }
  }
}

extension ArchivedTable {
  /// The slice of exactly this range.
  fileprivate func slice(at range: TimeRange) -> ArchivedSlice? {
    var low = 0
    var high = slices.count
    while low < high {
      let middle = (low + high) / 2
      if slices[middle].range < range { low = middle + 1 } else { high = middle }
    }
    return low < slices.count && slices[low].range == range ? slices[low] : nil
  }
}
