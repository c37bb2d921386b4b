package import BlobStorage
package import Manifest
package import Timeline

/// What may be deleted by name of one slice: blobs that no declared slice in force needs.
package struct Prunable: Sendable {
  package var slice: Slice
  package var kind: Kind
  /// The generation that the slice's own note begins; of superseded blobs none is.
  package var generation: Int
  package var blobs: [Blob]

  /// Why it may go.
  package enum Kind: String, Sendable {
    /// In force, but outside of every declared range.
    case undeclared
    /// Of generations that are no longer in force.
    case superseded
    /// Of exports that the manifest does not know, and that no plan takes over.
    case unrecorded
    /// In force and declared, but other slices in force make up for it.
    case doubled
  }

  /// A blob, and the row that tells of it.
  package struct Blob: Sendable {
    /// Nil where it lies in another store.
    package var address: BlobAddress?
    package var row: ManifestRow
    /// Whether the manifest notes that it could not be deleted before.
    package var isNoted: Bool
  }
}

extension Prunable {
  /// What of one table may go: nothing that is in force and overlaps `declared`; nil where the spec has no such table.
  package static func find(
    in archived: ArchivedTable, table: String, declared: TimeRange?, address: (String) -> BlobAddress?
  ) -> [Prunable] {
    var found: [Prunable] = []
    for slice in archived.slices where slice.hasBlobs && !(declared?.overlaps(slice.range) ?? false) {
      found.append(
        Prunable(
          slice: Slice(table: table, range: slice.range), kind: .undeclared, generation: slice.generation + 1,
          blobs: archived.parts(of: slice).map { Blob(address: address($0.blobURL), row: $0, isNoted: false) }))
    }
    let outdated = archived.outdated
    if outdated.isEmpty { return found }
    let needed = Set(archived.slices.lazy.filter(\.hasBlobs).flatMap { archived.parts(of: $0) }.map(\.blobURL))
    var seen: Set<String> = []
    let past = outdated.filter { row in
      (row.status == .exported || row.status == .adopted) && !needed.contains(row.blobURL)
        && seen.insert(row.blobURL).inserted
    }
    for (range, rows) in Dictionary(grouping: past, by: \.sliceRange) {
      found.append(
        Prunable(
          slice: Slice(table: table, range: range), kind: .superseded, generation: 0,
          blobs: rows.map {
            Blob(address: address($0.blobURL), row: $0, isNoted: archived.superseded.contains($0.blobURL))
          }))
    }
    return found.sorted { ($0.slice.range, $0.kind.rawValue) < ($1.slice.range, $1.kind.rawValue) }
  }

  /// Addressed slices in force that those which are not addressed make up for, with the latter.
  package static func doubled(
    in archived: ArchivedTable, table: String, addresses: Set<String>, address: (String) -> BlobAddress?
  ) -> [(Prunable, cover: [Blob])] {
    func blobs(_ slice: ArchivedSlice) -> [Blob] {
      archived.parts(of: slice).map { Blob(address: address($0.blobURL), row: $0, isNoted: false) }
    }
    let named = archived.slices.filter { $0.hasBlobs && Slice(table: table, range: $0.range).isNamed(by: addresses) }
    let given = Set(named.map(\.range))
    return named.compactMap { slice in
      guard let cover = Overlap.cover(of: slice, among: archived.slices, but: given) else { return nil }
      return (
        Prunable(
          slice: Slice(table: table, range: slice.range), kind: .doubled, generation: slice.generation + 1,
          blobs: blobs(slice)), cover.filter(\.hasBlobs).flatMap(blobs)
      )
    }
  }

  /// What no row of the manifest names, of the table of the leftovers.
  package static func unrecorded(_ leftovers: Leftovers, in container: String, storeURL: String) -> [Prunable] {
    Dictionary(grouping: leftovers.unrecorded) { Slice(table: $0.receipt.table, range: $0.receipt.sliceRange) }
      .map { slice, found in
        Prunable(
          slice: slice, kind: .unrecorded, generation: 0,
          blobs: found.map { blob in
            let address = BlobAddress(container: container, name: blob.info.name)
            return Blob(address: address, row: blob.row(part: 1, of: 1, at: address.url(in: storeURL)), isNoted: false)
          })
      }
      .sorted { $0.slice.range < $1.slice.range }
  }
}
