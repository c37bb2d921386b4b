internal import BlobStorage
internal import Timeline

/// Asked before rows are appended; throws where this process must write no more. `isContested` where
/// another writer has been met at the position that was meant: then who holds the lock is not for
/// this process alone to say.
package typealias AppendPermit = @Sendable (_ isContested: Bool) async throws -> Void

/// Appends to the manifest, one group of rows at a time.
///
/// Each append names the position at which it must land, so that two writers
/// never interleave and a lost reply is settled by reading what lies there.
/// Slices that complete while an append is under way share the next one.
package actor LedgerWriter {
  private let ledger: Ledger
  /// Asked before each append; throws where this process must write no more.
  private let permit: AppendPermit
  /// Where the next append of a segment must land.
  private var tails: [ManifestSegment: Tail] = [:]
  /// Slices that wait for their rows to be appended.
  private var waiting: [SegmentSeries: [Entry]] = [:]
  /// Files that an append is under way to.
  private var busy: Set<SegmentSeries> = []

  private struct Tail {
    var position: Int
    var appends: Int
  }

  private struct SegmentSeries: Hashable {
    var table: String
    var year: Int
  }

  private struct Entry {
    var lines: [UInt8]
    var done: CheckedContinuation<Void, any Error>
  }

  /// A new segment begins here; the service allows 50,000 appends to one blob.
  private static let mostAppends = 49_000

  /// `permit` throws where this process must write no more.
  package init(_ ledger: Ledger, permit: @escaping AppendPermit = { _ in }) {
    self.ledger = ledger
    self.permit = permit
  }
}

extension LedgerWriter {
  /// Makes sure that a segment with its header stands for each year, before any
  /// blob of that year is written: a missing segment beside receipts is a loss.
  package func prepare(_ table: String, years: Set<Int>) async throws {
    try await permit(false)
    for year in years.sorted() { _ = try await openSegment(SegmentSeries(table: table, year: year)) }
  }

  /// Appends rows in one step, and returns when they are durable: they take effect together.
  ///
  /// They are of one table, of slices that start in one year. Throws where they are more than
  /// one append holds, or where the store does.
  package func append(_ rows: [ManifestRow]) async throws {
    guard let first = rows.first else { return }
    let lines = ManifestWriter.lines(rows)
    guard lines.count <= appendLimit else {
      throw ManifestError(
        place: Slice(table: first.table, range: first.sliceRange).address,
        reason: "it has \(rows.count) parts, more than one append can record",
        remedy: "Choose a smaller slice for this table.")
    }
    let file = SegmentSeries(table: first.table, year: CivilDate(first.sliceRange.start).year)
    try await withCheckedThrowingContinuation { done in
      waiting[file, default: []].append(Entry(lines: lines, done: done))
      if busy.insert(file).inserted {
        Task { await drain(file) }
      }
    }
  }

  /// Appends what waits for a file, group by group, until nothing does.
  private func drain(_ file: SegmentSeries) async {
    while let entries = waiting[file], !entries.isEmpty {
      var size = 0
      let group = entries.prefix { entry in
        size += entry.lines.count
        return size <= appendLimit
      }
      waiting[file] = Array(entries.dropFirst(group.count))
      do {
        try await appendLines(Array(group.map(\.lines).joined()), to: file)
        for entry in group { entry.done.resume() }
      } catch {
        for entry in group { entry.done.resume(throwing: error) }
      }
    }
    waiting[file] = nil
    busy.remove(file)
  }

  private func appendLines(_ lines: [UInt8], to file: SegmentSeries) async throws {
    var isContested = false
    while true {
      try await permit(isContested)
      let segment = try await openSegment(file)
      if try await append(lines, to: segment) { return }
      isContested = true
    }
  }
}

// MARK: - Segments

extension LedgerWriter {
  /// False where the segment grew meanwhile through another writer; then look again.
  private func append(_ lines: [UInt8], to segment: ManifestSegment) async throws -> Bool {
    let tail = tails[segment] ?? Tail(position: 0, appends: 0)
    let address = ledger.address(segment)
    do throws(StoreError) {
      _ = try await ledger.store.append(lines, to: address, at: tail.position)
    } catch {
      guard error.code == .conditionFailed || error.code == .unavailable else { throw error }
      // Where the reply was lost, our bytes lie where they were to land.
      let appended = try await ledger.store.read(address, range: tail.position..<Int.max)
      if appended.isEmpty { throw error }
      guard appended.starts(with: lines) else {
        tails[segment] = nil
        return false
      }
    }
    tails[segment] = Tail(position: tail.position + lines.count, appends: tail.appends + 1)
    return true
  }

  /// The segment that takes the next rows of a year, created with its header where there is none.
  private func openSegment(_ file: SegmentSeries) async throws -> ManifestSegment {
    var segment = ManifestSegment(table: file.table, year: file.year)
    while try await !isOpen(segment) { segment.number += 1 }
    return segment
  }

  private func isOpen(_ segment: ManifestSegment) async throws -> Bool {
    if let tail = tails[segment] { return tail.appends < Self.mostAppends }
    let address = ledger.address(segment)
    if let info = try await ledger.store.properties(of: address) {
      tails[segment] = Tail(position: info.size, appends: info.committedBlocks ?? 0)
    } else {
      do throws(StoreError) {
        _ = try await ledger.store.createAppendBlob(address, BlobProperties(contentType: "text/csv; charset=utf-8"))
      } catch {
        if error.code != .alreadyExists { throw error }
      }
      tails[segment] = Tail(position: 0, appends: 0)
    }
    if tails[segment]?.position == 0, try await !append(ManifestWriter.header, to: segment) {
      return try await isOpen(segment)
    }
    return (tails[segment]?.appends ?? 0) < Self.mostAppends
  }
}
