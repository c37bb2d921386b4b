internal import BlobStorage
internal import ExportSpec
internal import Manifest
internal import Timeline

/// What a listing says of the blobs that the manifest names: made once, since
/// a table may be planned several times.
struct BlobSurvey: Sendable {
  /// Of each part in force, at the position of its line; of other lines nothing.
  private(set) var findings: [Finding]
  /// Of each listed blob, whether a part in force names it.
  private(set) var isReferenced: [Bool]
  /// Slices of which parts lie in another container: which blobs are theirs cannot be told.
  private(set) var elsewhere: Set<TimeRange> = []

  /// What became of a part's blob.
  enum Finding: UInt8, Sendable {
    case intact, changed, missing
    /// In another container, which was not listed.
    case elsewhere
  }

  init(_ state: TableState, _ inventory: BlobInventory) {
    let archived = state.archived
    findings = Array(repeating: .intact, count: archived.partCount)
    isReferenced = Array(repeating: false, count: inventory.blobs.count)
    let place = Array("\(state.storeURL)/\(state.spec.container)/".utf8)
    var hint = 0
    archived.readParts { slice, position, part in
      let url = part.blobURL
      let found: Int?
      if url.starts(with: place), !url.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "\"") }) {
        // Nearly every URL says the name as it is.
        let name = UnsafeBufferPointer(rebasing: url.dropFirst(place.count))
        found = inventory.position(of: UnsafeRawBufferPointer(name), near: hint)
      } else if var name = state.blobName(of: part.blobURLText) {
        found = name.withUTF8 { inventory.position(of: UnsafeRawBufferPointer($0), near: hint) }
      } else {
        findings[position] = .elsewhere
        elsewhere.insert(slice.range)
        return
      }
      guard let found else {
        findings[position] = .missing
        return
      }
      hint = found + 1
      isReferenced[found] = true
      if Self.isChanged(inventory.blobs[found], inventory, part, slice) { findings[position] = .changed }
    }
  }

  /// Whether a blob is another than the one that was recorded.
  private static func isChanged(
    _ blob: ListedBlob, _ inventory: BlobInventory, _ part: borrowing PartLine, _ slice: ArchivedSlice
  ) -> Bool {
    if blob.size != part.bytes { return true }
    let md5 = part.contentMD5
    if !blob.md5.isEmpty, !md5.isEmpty, !inventory.isText(blob.md5, md5) { return true }
    guard part.isExported else { return false }
    if let receipt = blob.receipt, receipt.sliceRange == slice.range {
      return receipt.rows != part.rows || !inventory.isText(blob.sha256, part.sha256)
    }
    // Whoever overwrites a blob drops its receipt, and may leave no MD5: then nothing vouches for it.
    return blob.md5.isEmpty
  }
}
