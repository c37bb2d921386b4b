internal import Timeline

/// Folds the segments of one table, in the order of the ledger, into its state.
///
/// A slice is what its rows name as `slice_start` and `slice_end`; its highest
/// generation with all of its parts counts, whatever was appended around it.
package struct ManifestFold: Sendable {
  private let table: String
  private var segments: [ManifestReader] = []
  private var rows: [Row] = []
  private var superseded: Set<String> = []
  private var hashes = RepeatedTexts()
  private var schemas = RepeatedTexts()

  /// What is kept of a row until all are known.
  private struct Row: Sendable {
    var slice: TimeRange
    var generation: Int
    var parts: Int
    var part: Int
    var status: ManifestRow.Status
    var rows: Int
    var bytes: Int
    var rawBytes: Int
    var exportedAt: Tick
    /// Whether a count query told the same.
    var isCounted: Bool
    /// The positions of its texts among the query hashes and the schema hashes.
    var queryHash: Int
    var schemaHash: Int
    var line: LineAddress

    /// Rows of one way to cut one generation of a slice lie side by side, and the
    /// same part twice in the order of the ledger.
    static func isBefore(_ a: Row, _ b: Row) -> Bool {
      if a.slice != b.slice { return a.slice < b.slice }
      return (a.generation, a.parts, a.part, a.line) < (b.generation, b.parts, b.part, b.line)
    }
  }

  package init(table: String) {
    self.table = table
  }
}

extension ManifestFold {
  /// Takes a segment in. Throws at the first line that cannot be trusted.
  package mutating func add(_ bytes: [UInt8], place: String) throws(ManifestError) {
    let reader = try ManifestReader(bytes, place: place)
    let segment = segments.count
    segments.append(reader)
    // A line of the manifest takes some 400 bytes.
    rows.reserveCapacity(rows.count + bytes.count / 400)
    let name = Array(table.utf8)
    try reader.readLines { line throws(ManifestError) in
      let entry = try ManifestEntry(line)
      guard line.raw(.table).elementsEqual(name) else {
        throw line.problem("a row of table '\(line.text(.table))' stands in the file of '\(table)'")
      }
      // A superseded row only notes that an old blob still lies there.
      if entry.status == .superseded {
        superseded.insert(line.text(.blobURL))
      } else if entry.status == .pruned, entry.parts > 0 {
        // And a pruned one that it no longer does.
        superseded.remove(line.text(.blobURL))
      } else {
        rows.append(
          Row(
            slice: entry.sliceRange, generation: entry.generation, parts: entry.parts, part: entry.part,
            status: entry.status, rows: entry.rows, bytes: entry.bytes, rawBytes: entry.rawBytes,
            exportedAt: entry.exportedAt, isCounted: entry.countedRows != nil,
            queryHash: line.withBytes(of: .queryHash) { hashes.position(of: UnsafeRawBufferPointer($0)) },
            schemaHash: line.withBytes(of: .schemaHash) { schemas.position(of: UnsafeRawBufferPointer($0)) },
            line: LineAddress(segment: segment, offset: line.start)))
      }
    }
  }

  /// The state of the table after all rows so far.
  package consuming func result() -> ArchivedTable {
    rows.sort(by: Row.isBefore)
    var state = Slices(hashes: hashes.all, schemas: schemas.all)
    for slice in rows.runs(where: { $0.slice == $1.slice }) {
      if slice.count == 1, rows[slice.lowerBound].parts <= 1 {
        // Nearly every slice: one part, exported once.
        state.add(rows[slice.lowerBound])
        continue
      }
      var best: [Row] = []
      for generation in rows[slice].runs(where: { $0.generation == $1.generation && $0.parts == $1.parts }) {
        let complete = Self.complete(rows[generation])
        // Two writers may have cut one generation in two ways: the later one stands.
        if let first = complete.first,
          best.first.map({ $0.generation < first.generation || $0.line < first.line }) ?? true
        {
          best = complete
        }
      }
      state.add(best, of: rows[slice])
    }
    return ArchivedTable(
      slices: state.slices, superseded: superseded, pruned: state.pruned, segments: segments, inForce: state.inForce,
      past: state.past)
  }

  /// The latest row of each part; none where a part is missing.
  private static func complete(_ rows: ArraySlice<Row>) -> [Row] {
    guard let first = rows.first else { return [] }
    if rows.count == 1 { return first.parts <= 1 ? [first] : [] }
    // The same part twice is the same append seen twice, or another writer's.
    let latest = rows.runs { $0.part == $1.part }.map { rows[$0.upperBound - 1] }
    return latest.count == max(1, first.parts) ? latest : []
  }

  /// The slices found so far, and the lines that are theirs.
  private struct Slices {
    let hashes: [String]
    let schemas: [String]
    var slices: [ArchivedSlice] = []
    var pruned: [TimeRange: Int] = [:]
    var inForce: [LineAddress] = []
    var past: [LineAddress] = []

    /// Adds a slice that is made up by its only row.
    mutating func add(_ row: Row) {
      if row.status == .pruned {
        pruned[row.slice] = row.generation
        return
      }
      slices.append(
        ArchivedSlice(
          range: row.slice, generation: row.generation, status: row.status, rows: row.rows, bytes: row.bytes,
          rawBytes: row.rawBytes, queryHash: hashes[row.queryHash], schemaHash: schemas[row.schemaHash],
          exportedAt: row.exportedAt, isCounted: row.isCounted, lines: inForce.count..<inForce.count + 1))
      inForce.append(row.line)
    }

    /// Adds a slice that is made up by `parts`; none where no generation is complete.
    mutating func add(_ parts: [Row], of rows: ArraySlice<Row>) {
      if let first = parts.first, first.status == .pruned {
        pruned[first.slice] = first.generation
        past += rows.lazy.map(\.line)
        return
      }
      let start = inForce.count
      inForce += parts.lazy.map(\.line)
      if rows.count > parts.count {
        let kept = Set(inForce[start...])
        past += rows.lazy.map(\.line).filter { !kept.contains($0) }
      }
      guard let first = parts.first else { return }
      slices.append(
        ArchivedSlice(
          range: first.slice, generation: first.generation, status: first.status,
          rows: parts.reduce(0) { $0 + $1.rows }, bytes: parts.reduce(0) { $0 + $1.bytes },
          rawBytes: parts.reduce(0) { $0 + $1.rawBytes }, queryHash: hashes[first.queryHash],
          schemaHash: schemas[first.schemaHash],
          exportedAt: parts.lazy.map(\.exportedAt).min() ?? first.exportedAt,
          isCounted: parts.allSatisfy(\.isCounted), lines: start..<inForce.count))
    }
  }
}

extension RandomAccessCollection where Index == Int {
  /// The ranges of neighbours that belong together.
  fileprivate func runs(where together: (Element, Element) -> Bool) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var start = startIndex
    for index in indices where index + 1 == endIndex || !together(self[index], self[index + 1]) {
      runs.append(start..<index + 1)
      start = index + 1
    }
    return runs
  }
}
