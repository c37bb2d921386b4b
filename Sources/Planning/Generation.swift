internal import BlobStorage
internal import ExportSpec
internal import Manifest
internal import Timeline

/// The generation that an action brings about: the one that a killed run left
/// unfinished, where its blobs fit the plan exactly, or else a new one.
struct Generation {
  /// From 1.
  let number: Int
  let actions: [PartAction]
  /// Blobs of unfinished generations that do not fit, and hold no more than the parts.
  let strays: [ObsoleteBlob]

  init(
    slice: TimeRange, archived: ArchivedSlice?, parts: [Part], state: TableState, query: ExportQuery, naming: BlobNaming
  ) {
    let inForce = archived?.generation ?? state.archived.prunedGeneration(of: slice)
    let unfinished = (state.inventory?.receipts(of: slice) ?? []).filter { $0.receipt.generation > inForce }
    let latest = unfinished.map(\.receipt.generation).max()

    if let latest {
      let left = unfinished.filter { $0.receipt.generation == latest }
      let taken = Self.takeOver(left, slice: slice, parts: parts, generation: latest, state, query, naming)
      if let taken {
        number = latest
        actions = taken
        strays = Self.obsolete(unfinished.filter { $0.receipt.generation != latest }, parts, state)
        return
      }
    }

    var next = (latest ?? inForce) + 1
    var addresses: [BlobAddress] = []
    repeat {
      addresses = parts.map { naming.address(of: $0, in: slice, generation: next) }
      next += 1
    } while addresses.contains { state.inventory?[$0.name] != nil }
    number = next - 1
    actions = zip(parts, addresses).map { PartAction(part: $0, address: $1) }
    strays = Self.obsolete(unfinished, parts, state)
  }

  /// The parts with the blobs that are there already; nil where any blob fits no part.
  private static func takeOver(
    _ blobs: [AdoptedBlob], slice: TimeRange, parts: [Part], generation: Int, _ state: TableState,
    _ query: ExportQuery, _ naming: BlobNaming
  ) -> [PartAction]? {
    var byName = Dictionary(blobs.map { ($0.info.name, $0) }, uniquingKeysWith: { first, _ in first })
    var actions: [PartAction] = []
    for part in parts {
      let address = naming.address(of: part, in: slice, generation: generation)
      let blob = byName.removeValue(forKey: address.name)
      if let receipt = blob?.receipt {
        guard receipt.range == part.range, receipt.shard == part.shard,
          part.count.isEstimate || receipt.rows == part.count.rows,
          query.hash == receipt.queryHash, receipt.format == state.spec.format.rawValue,
          receipt.compression == state.spec.compression.rawValue
        else { return nil }
      } else if state.inventory?[address.name] != nil {
        return nil
      }
      actions.append(PartAction(part: part, address: address, adopted: blob))
    }
    return byName.isEmpty ? actions : nil
  }

  /// What goes once the parts are archived: not a generation with more rows than they have, which the source
  /// may no longer hold.
  private static func obsolete(_ blobs: [AdoptedBlob], _ parts: [Part], _ state: TableState) -> [ObsoleteBlob] {
    let planned = parts.reduce(0) { $0 + $1.count.rows }
    let rows = Dictionary(grouping: blobs, by: \.receipt.generation).mapValues { $0.reduce(0) { $0 + $1.receipt.rows } }
    return blobs.filter { rows[$0.receipt.generation, default: 0] <= planned }.map {
      ObsoleteBlob(
        address: BlobAddress(container: state.spec.container, name: $0.info.name), etag: $0.info.etag, row: nil)
    }
  }
}
