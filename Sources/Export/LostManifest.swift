internal import BlobStorage
internal import ExportSpec
internal import Manifest
internal import Planning
internal import Timeline

extension Ledger {
  /// A manifest that is gone while its blobs lie there must not look like an archive that is new: throws, by the
  /// first file that is absent or empty of a year that blobs with receipts are of.
  func refuseLoss(
    of table: TableSpec, _ inventory: BlobInventory, _ segments: [ManifestSegment: BlobInfo]
  ) throws(ManifestError) {
    for year in Set(inventory.slices.map { CivilDate($0.start).year }).sorted() {
      let segment = ManifestSegment(table: table.name, year: year)
      if let found = segments[segment], found.size > 0 { continue }
      throw ManifestError(
        place: "\(container)/\(segment.name)",
        reason: "it is \(segments[segment] == nil ? "absent" : "empty"), but container \(table.container) holds blobs "
          + "of this archive of that year",
        remedy: "Nothing was changed. Restore the manifest from a copy, or bring it back from the receipts: "
          + "logexport manifest rebuild.")
    }
  }
}
