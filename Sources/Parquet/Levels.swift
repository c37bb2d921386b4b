/// Which rows of a page have a value: the definition levels of a column whose values may be null.
struct Levels {
  private(set) var rows = 0
  /// Rows that have one.
  private(set) var values = 0
  var nulls: Int { rows - values }
  /// Rows one behind the other of which all have a value, all have none, or some have; the last say which in `mixed`.
  private var runs: [(kind: Kind, rows: Int)] = []
  private var mixed: [UInt8] = []

  private enum Kind {
    case none, all, some
  }

  /// Bytes that are held.
  var size: Int { mixed.count + 16 * runs.count }
}

extension Levels {
  /// Takes a batch in: one byte for each row, 1 where it has a value.
  mutating func append(_ isPresent: UnsafePointer<UInt8>, rows: Int, values: Int) {
    let kind = values == 0 ? Kind.none : values == rows ? .all : .some
    self.rows += rows
    self.values += values
    if kind == .some { mixed.append(contentsOf: UnsafeBufferPointer(start: isPresent, count: rows)) }
    if let last = runs.indices.last, runs[last].kind == kind {
      runs[last].rows += rows
    } else {
      runs.append((kind, rows))
    }
  }

  /// Appends them as a data page has them, with their length before them, and begins anew.
  mutating func write(to page: PageBytes) {
    let start = page.count
    page.append(little: UInt32(0))
    if runs.count == 1, runs[0].kind != .some {
      HybridEncoding.run(runs[0].kind == .all ? 1 : 0, rows, 1, page)
    } else {
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: rows) { levels in
        var row = 0
        var seen = 0
        for run in runs {
          for offset in 0..<run.rows {
            levels[row + offset] = run.kind == .some ? UInt32(mixed[seen + offset]) : run.kind == .all ? 1 : 0
          }
          row += run.rows
          if run.kind == .some { seen += run.rows }
        }
        HybridEncoding.append(UnsafeBufferPointer(levels), width: 1, to: page)
      }
    }
    let size = UInt32(page.count - start - 4)
    UnsafeMutableRawPointer(page.start + start).storeBytes(of: size.littleEndian, as: UInt32.self)
    rows = 0
    values = 0
    runs.removeAll(keepingCapacity: true)
    mixed.removeAll(keepingCapacity: true)
  }
}
