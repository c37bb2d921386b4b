package import BlobStorage
internal import ExportSpec
package import Manifest
package import Planning
internal import Timeline

/// A file of the manifest that is absent or empty, while blobs of its table and its year lie there.
///
/// A manifest that is gone must not look like an archive that is new.
package struct LostSegment: Sendable, Equatable {
  package var segment: ManifestSegment
  /// Else it is empty.
  package var isAbsent: Bool
  /// Where the blobs lie.
  package var container: String

  /// What is wrong, but for the file's name.
  package var reason: String {
    "it is \(isAbsent ? "absent" : "empty"), but container \(container) holds blobs of this archive of that year"
  }

  /// What mends it.
  package static let remedy =
    "Restore the manifest from a copy, or bring it back from the receipts: logexport manifest rebuild."
}

extension LostSegment {
  /// The first file of a year, where it has no rows and not even a header.
  init?(_ table: TableSpec, year: Int, among segments: [ManifestSegment: BlobInfo]) {
    segment = ManifestSegment(table: table.name, year: year)
    if let info = segments[segment], info.size > 0 { return nil }
    isAbsent = segments[segment] == nil
    container = table.container
  }

  /// Those of the years that blobs of an inventory are of.
  static func all(
    of table: TableSpec, in inventory: BlobInventory, among segments: [ManifestSegment: BlobInfo]
  ) -> [LostSegment] {
    Set(inventory.slices.map { CivilDate($0.start).year }).sorted()
      .compactMap { LostSegment(table, year: $0, among: segments) }
  }

  /// Throws where any is lost, by the first; `container` is the manifest's.
  static func refuse(_ lost: [LostSegment], in container: String) throws(ManifestError) {
    guard let first = lost.first else { return }
    throw ManifestError(
      place: "\(container)/\(first.segment.name)", reason: first.reason, remedy: "Nothing was changed. \(remedy)")
  }

  /// Looks for blobs of those declared years of which there is no file: one listing a year, and mostly none.
  ///
  /// Receipts count that are of this lineage; of any, where the lineage is lost as well. Whoever may not list the
  /// container finds nothing.
  package static func find(
    _ state: TableState, among segments: [ManifestSegment: BlobInfo], lineage: String?, in store: any BlobStore
  ) async throws(StoreError) -> [LostSegment] {
    let (table, declared) = (state.spec, state.declared)
    if declared.isEmpty { return [] }
    var lost: [LostSegment] = []
    for year in CivilDate(declared.start).year...CivilDate(declared.end - Timespan(ticks: 1)).year {
      guard let segment = LostSegment(table, year: year, among: segments) else { continue }
      var isThere = false
      do throws(StoreError) {
        try await store.list(table.container, prefix: prefix(of: year, table), metadata: true) { page in
          for blob in page where !isThere {
            isThere =
              ReceiptText.read(blob.metadata) { receipt in
                receipt[.table].elementsEqual(table.name.utf8)
                  && (lineage.map { receipt[.lineage].elementsEqual($0.utf8) } ?? true)
                  && CivilDate(receipt.sliceRange.start).year == year
              } ?? false
          }
        }
      } catch {
        guard error.code == .notFound || error.code == .denied else { throw error }
      }
      if isThere { lost.append(segment) }
    }
    return lost
  }

  /// What the names of all blobs of a year begin with: what those of its first and its last slice have in common.
  private static func prefix(of year: Int, _ table: TableSpec) -> String {
    func name(_ date: CivilDate) -> String {
      let start = date.point
      return table.path.render(
        table: table.name, range: TimeRange(start, start + table.grid.width), extension: "", suffix: "")
    }
    let first = CivilDate(year: year, month: 1, day: 1)
    var last = CivilDate(year: year, month: 12, day: 31)
    (last.hour, last.minute, last.second) = (23, 59, 59)
    return String(zip(name(first), name(last)).prefix { $0 == $1 }.map(\.0))
  }
}
