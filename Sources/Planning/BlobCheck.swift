package import BlobStorage
internal import Compression
internal import ExportSpec
package import Manifest
package import Timeline

/// Compares the rows of the manifest that are in force with what a store says of their blobs: pure.
package struct BlobCheck: Sendable {
  package let state: TableState
  private let lineage: String?

  /// Receipts count where they are of this lineage.
  package init(_ state: TableState, lineage: String?) {
    self.state = state
    self.lineage = lineage
  }

  /// A part in force, and where its blob lies.
  package struct Part: Sendable {
    package var slice: ArchivedSlice
    package var row: ManifestRow
    /// Nil where the blob lies in another store.
    package var address: BlobAddress?
  }

  /// What was seen of a part's blob.
  package enum Verdict: Sendable, Equatable {
    case good
    case bad([Finding])
    /// Gone, as the retention policy has it.
    case expired
  }
}

extension BlobCheck {
  /// The parts of a slice, with their places.
  package func parts(of slice: ArchivedSlice) -> [Part] {
    state.archived.parts(of: slice).map { row in
      var address = BlobAddress(url: row.blobURL, in: state.storeURL)
      if address == nil, let name = state.blobName(of: row.blobURL) {
        address = BlobAddress(container: state.spec.container, name: name)
      }
      return Part(slice: slice, row: row, address: address)
    }
  }

  /// Whether the listing of the table's container tells of a part's blob.
  package func isListed(_ part: Part) -> Bool {
    part.address?.container == state.spec.container && state.inventory != nil
  }

  /// What the listing says of a part.
  package func verdict(_ part: Part) -> Verdict {
    guard let inventory = state.inventory, var name = part.address?.name else { return .good }
    let position = name.withUTF8 { inventory.position(of: UnsafeRawBufferPointer($0), near: 0) }
    return verdict(
      part, position.map { _ in inventory[name] } ?? nil, position.flatMap(inventory.receipt(at:))?.receipt,
      isListed: true)
  }

  /// What the blob's own properties say; nil where there is no such blob.
  package func verdict(_ part: Part, _ blob: BlobInfo?) -> Verdict {
    let receipt = blob.flatMap { Receipt(metadata: $0.metadata) }.flatMap { receipt in
      receipt.lineage == lineage && receipt.table == state.spec.name ? receipt : nil
    }
    return verdict(part, blob, receipt, isListed: false)
  }

  private func verdict(_ part: Part, _ blob: BlobInfo?, _ receipt: Receipt?, isListed: Bool) -> Verdict {
    guard let blob else {
      if state.isExpired(exportedAt: part.slice.exportedAt) { return .expired }
      return .bad([finding(part, .missing, "the blob is gone", planSees: isListed)])
    }
    var findings: [Finding] = []
    func add(_ kind: Finding.Kind, _ what: String, planSees: Bool) {
      findings.append(finding(part, kind, what, planSees: planSees && isListed))
    }
    let row = part.row
    if blob.size != row.bytes { add(.size, "\(blob.size) bytes, not \(row.bytes)", planSees: true) }
    if let md5 = blob.contentMD5.map(Base64.encode), !row.contentMD5.isEmpty, md5 != row.contentMD5 {
      add(.md5, "its MD5 is \(md5), not \(row.contentMD5)", planSees: true)
    }
    guard row.status == .exported else { return findings.isEmpty ? .good : .bad(findings) }
    if let receipt {
      let differences = Self.differences(receipt, row)
      if !differences.isEmpty {
        let planSees =
          receipt.sliceRange == part.slice.range && (receipt.rows != row.rows || receipt.sha256 != row.sha256)
        add(.receipt, "its receipt says \(differences.joined(separator: ", "))", planSees: planSees)
      }
    } else {
      let planSees = blob.contentMD5 == nil
      add(.receipt, "it has no receipt of this archive", planSees: planSees)
    }
    return findings.isEmpty ? .good : .bad(findings)
  }

  /// What a receipt says otherwise than its row.
  private static func differences(_ receipt: Receipt, _ row: ManifestRow) -> [String] {
    var found: [String] = []
    func compare(_ name: String, _ theirs: some CustomStringConvertible, _ ours: some CustomStringConvertible) {
      if theirs.description != ours.description { found.append("\(name) \(theirs), not \(ours)") }
    }
    compare("slice", receipt.sliceRange, row.sliceRange)
    compare("generation", receipt.generation, row.generation)
    compare("range", receipt.range, row.range)
    compare("shard", receipt.shard?.description ?? "none", row.shard?.description ?? "none")
    compare("rows", receipt.rows, row.rows)
    compare("sha256", receipt.sha256, row.sha256)
    return found
  }
}

// MARK: - Findings

extension BlobCheck {
  /// A finding about a part; `planSees` where a listing shows the same to a plan.
  package func finding(_ part: Part, _ kind: Finding.Kind, _ what: String, planSees: Bool) -> Finding {
    Finding(
      slice: Slice(table: state.spec.name, range: part.slice.range),
      blob: part.address?.description ?? part.row.blobURL, kind: kind, what: what,
      remedy: remedy(part.slice.range, planSees ? .apply : .replace))
  }

  /// What the source's count of a slice comes to; nil where it is the same.
  package func finding(_ slice: ArchivedSlice, counted rows: Int, _ query: ExportQuery) -> Finding? {
    if rows == slice.rows { return nil }
    let isMore = rows > slice.rows
    return Finding(
      slice: Slice(table: state.spec.name, range: slice.range), blob: "", kind: isMore ? .sourceMore : .sourceFewer,
      what: "the source has \(rows) rows, \(slice.rows) are archived",
      remedy: isMore ? remedy(slice.range, remedyOfMore(slice, query)) : .keep)
  }

  /// What exports a slice again of which the source has more.
  private func remedyOfMore(_ slice: ArchivedSlice, _ query: ExportQuery) -> Finding.Remedy {
    if slice.status != .adopted, query.hash != slice.queryHash, state.onChange == .replace { return .apply }
    if !query.exportsAll(of: slice) { return .replace }
    return state.isProvisional(slice) ? .apply : .refresh
  }

  /// Only what is declared and can still be seen is exported again.
  private func remedy(_ slice: TimeRange, _ remedy: Finding.Remedy) -> Finding.Remedy {
    state.window.overlaps(slice) && !state.isPastRetention(slice) ? remedy : .restore
  }

  /// Whether the source's count of a slice can be compared with what is archived.
  package func isComparable(_ slice: ArchivedSlice, _ query: ExportQuery) -> Bool { state.isComparable(slice, query) }

  /// The rows that the counts so far give for a slice; nil where not all of it was counted.
  package func counted(_ slice: TimeRange) -> Int? {
    let grid = state.spec.grid
    if grid.slice(holding: slice.start).contains(slice) { return state.counts.count(of: slice, on: grid)?.rows }
    return state.counts.bins(of: slice, on: grid)?.reduce(0) { $0 + $1.count.rows }
  }
}

extension [ArchivedSlice] {
  /// A share of the slices, at least one where there is any: which ones, the seed alone decides.
  package func sample(percent: Double, seed: UInt64) -> [ArchivedSlice] {
    let wanted = Swift.min(count, Int((Double(count) * percent / 100).rounded(.up)))
    if wanted == count { return self }
    // A slice has the same number however many others there are.
    let order = indices.sorted { mixed(self[$0], seed) < mixed(self[$1], seed) }
    return order.prefix(wanted).sorted().map { self[$0] }
  }

  /// SplitMix64 of the slice's start.
  private func mixed(_ slice: ArchivedSlice, _ seed: UInt64) -> UInt64 {
    var z = (UInt64(bitPattern: slice.range.start.rawValue) ^ seed) &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
