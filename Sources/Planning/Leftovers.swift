internal import BlobStorage
internal import ExportSpec
internal import Manifest
internal import Timeline

/// Blobs of this archive that no generation in force refers to, left by runs that were cut off, or by one
/// that is at work this minute.
package struct Leftovers: Sendable {
  /// To delete, by name: what is archived holds all that they do.
  package private(set) var blobs: [ObsoleteBlob] = []
  /// Those that no row of the manifest names and that may hold what is archived nowhere else, by slice and
  /// name: they stay until somebody prunes them.
  package private(set) var unrecorded: [AdoptedBlob] = []
  /// All that no row of the manifest names, also what a plan takes over, replaces or deletes.
  package private(set) var unnamed: [AdoptedBlob] = []

  /// None where blobs were not listed. A blob without a receipt of this archive
  /// is somebody else's and never touched.
  ///
  /// - Parameters:
  ///   - actions: What is to be done; the blobs that it takes over or deletes are left out.
  ///   - years: Those whose part of the manifest was read; of others nothing can be said.
  package init(state: TableState, actions: [SliceAction] = [], years: ClosedRange<Int>? = nil) {
    guard let inventory = state.inventory, let survey = state.survey else { return }
    let unreferenced = inventory.received.lazy.map { Int($0) }.filter { !survey.isReferenced[$0] }
    // Mostly there is none, and what follows reads many lines of the manifest.
    if unreferenced.isEmpty { return }
    var settled = Set(state.archived.superseded.compactMap(state.blobName(of:)))
    for action in actions {
      settled.formUnion(action.obsolete.lazy.map(\.address.name))
      settled.formUnion(action.parts.lazy.filter { $0.adopted != nil }.map(\.address.name))
    }
    let recorded = Dictionary(
      state.archived.outdated.compactMap { row in state.blobName(of: row.blobURL).map { ($0, row) } },
      uniquingKeysWith: { first, _ in first })
    let found = unreferenced.compactMap(inventory.receipt(at:))
    // A generation is judged whole: one part may have few rows of many.
    let exports = Dictionary(grouping: found.map(\.receipt)) { Export($0) }
      .mapValues { $0.reduce(0) { $0 + $1.rows } }
    for blob in found where !settled.contains(blob.info.name) {
      let slice = blob.receipt.sliceRange
      guard years?.contains(CivilDate(slice.start).year) ?? true else { continue }
      let row = recorded[blob.info.name]
      if row == nil { unnamed.append(blob) }
      let rows = exports[Export(blob.receipt), default: 0]
      switch Self.fate(of: blob.receipt, with: rows, isRecorded: row != nil, state, survey) {
      case .leave: break
      case .keep: unrecorded.append(blob)
      case .delete:
        let address = BlobAddress(container: state.spec.container, name: blob.info.name)
        blobs.append(ObsoleteBlob(address: address, etag: blob.info.etag, row: row))
      }
    }
    blobs.sort { $0.address.name < $1.address.name }
  }

  /// One generation of one slice.
  private struct Export: Hashable {
    let slice: TimeRange
    let generation: Int

    init(_ receipt: Receipt) { (slice, generation) = (receipt.sliceRange, receipt.generation) }
  }

  private enum Fate {
    case delete, keep
    /// Another plan's business.
    case leave
  }

  private static func fate(
    of receipt: Receipt, with rows: Int, isRecorded: Bool, _ state: TableState, _ survey: BlobSurvey
  ) -> Fate {
    let slice = receipt.sliceRange
    guard state.archived.covered.contains(slice) else {
      // Within the declared range a plan exports the slice, or takes the blob over; a recorded one is `prune`'s.
      return isRecorded || state.outerRange.overlaps(slice) ? .leave : .keep
    }
    let inForce = state.archived.slice(at: slice)
    if let inForce, receipt.generation == inForce.generation, survey.elsewhere.contains(slice) { return .leave }
    // Where slices of another width cover it, every recorded generation of it is past.
    if isRecorded { return receipt.generation <= inForce?.generation ?? .max ? .delete : .leave }
    guard let inForce, receipt.generation <= inForce.generation else { return .keep }
    if inForce.status == .expired { return .delete }
    // No fewer rows were found later, with every column. Of other rows or columns nobody knows what they had besides.
    let holdsAll = ExportQuery(state.spec).exports(inForce.queryHash, allOf: receipt.queryHash)
    return holdsAll && rows <= inForce.rows ? .delete : .keep
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
