/// Reads the cells of one column after the other as values of its type.
final class ColumnReader {
  private let isPresent = UnsafeMutablePointer<UInt8>.allocate(capacity: CellTable.limit)
  private let numbers = UnsafeMutablePointer<Int64>.allocate(capacity: CellTable.limit)
  private let texts = UnsafeMutablePointer<UnsafeBufferPointer<UInt8>>.allocate(capacity: CellTable.limit)
  /// What is decoded of a column.
  private let decoded = ByteBuffer()
  private var times = TimeScan()

  deinit {
    isPresent.deallocate()
    numbers.deallocate()
    texts.deallocate()
  }

  /// The values of a column, which last until the next call. Throws `unfit` where one is none of its type.
  func read(
    _ column: Int, of table: CellTable, as type: ValueType, _ bytes: Bytes
  ) throws(ScanError) -> ColumnValues {
    switch type {
    case .bool:
      try numbers(column, table, bytes) { cell, text in
        switch cell.kind {
        case .true: 1
        case .false: 0
        // The service's first version has 0 and 1.
        case .number where cell.count == 1 && text[0] | 1 == 0x31: Int64(text[0] & 1)
        default: nil
        }
      }
    case .int:
      try numbers(column, table, bytes) { cell, text in
        guard cell.kind == .number, let value = NumberText.integer(text, cell.count),
          Int64(Int32(truncatingIfNeeded: value)) == value
        else { return nil }
        return value
      }
    case .long:
      try numbers(column, table, bytes) { cell, text in
        cell.kind == .number ? NumberText.integer(text, cell.count) : nil
      }
    case .real:
      try numbers(column, table, bytes) { cell, text in
        let value =
          switch cell.kind {
          case .number: NumberText.real(text, cell.count)
          case .string: NumberText.special(text, cell.count)
          default: nil as Double?
          }
        return value.map { Int64(bitPattern: $0.bitPattern) }
      }
    case .nanoseconds:
      try numbers(column, table, bytes) { [self] cell, text in
        guard cell.kind == .string, let ticks = times.ticks(text, from: 0, count: cell.count) else { return nil }
        let (value, overflows) = ticks.multipliedReportingOverflow(by: 100)
        return overflows ? nil : value
      }
    case .microseconds:
      try numbers(column, table, bytes) { [self] cell, text in
        guard cell.kind == .string, let ticks = times.ticks(text, from: 0, count: cell.count) else { return nil }
        return (ticks - (ticks % 10 + 10) % 10) / 10
      }
    case .timespan:
      try numbers(column, table, bytes) { cell, text in
        cell.kind == .string ? NumberText.timespan(text, cell.count) : nil
      }
    case .guid:
      try bytes16(column, table, bytes) { cell, text, out in
        cell.kind == .string && NumberText.guid(text, cell.count, to: out)
      }
    case .decimal(let scale):
      try bytes16(column, table, bytes) { cell, text, out in
        guard cell.kind == .string || cell.kind == .number,
          let value = NumberText.decimal(text, cell.count, scale: scale)
        else { return false }
        UnsafeMutableRawPointer(out).storeBytes(of: value.bigEndian, as: Int128.self)
        return true
      }
    case .text: try texts(column, table, bytes, isJSON: false)
    case .json: try texts(column, table, bytes, isJSON: true)
    }
  }

  private func values(_ rows: Int, _ count: Int) -> ColumnValues {
    ColumnValues(rows: rows, count: count, isPresent: isPresent, numbers: numbers, texts: texts)
  }
}

extension ColumnReader {
  /// Each type has a loop of its own, since `parse` is inlined.
  @inline(__always)
  private func numbers(
    _ column: Int, _ table: CellTable, _ bytes: Bytes, _ parse: (Cell, Bytes) -> Int64?
  ) throws(ScanError) -> ColumnValues {
    var cell = table.cells + column
    var count = 0
    for row in 0..<table.rows {
      let value = cell.pointee
      cell += table.width
      if value.kind == .null {
        isPresent[row] = 0
        continue
      }
      guard let number = parse(value, bytes + Int(value.start)) else { throw .unfit([column], at: Int(value.start)) }
      isPresent[row] = 1
      numbers[count] = number
      count &+= 1
    }
    return values(table.rows, count)
  }

  /// As `numbers`, for values of 16 bytes that `parse` writes.
  @inline(__always)
  private func bytes16(
    _ column: Int, _ table: CellTable, _ bytes: Bytes, _ parse: (Cell, Bytes, Out) -> Bool
  ) throws(ScanError) -> ColumnValues {
    decoded.removeAll()
    decoded.reserve(16 * table.rows)
    var count = 0
    for row in 0..<table.rows {
      let cell = table.cells[row * table.width + column]
      if cell.kind == .null {
        isPresent[row] = 0
        continue
      }
      let out = decoded.bytes + 16 * count
      guard parse(cell, bytes + Int(cell.start), out) else { throw .unfit([column], at: Int(cell.start)) }
      isPresent[row] = 1
      texts[count] = UnsafeBufferPointer(start: out, count: 16)
      count += 1
    }
    return values(table.rows, count)
  }

  /// Runs of the input where nothing has to be decoded.
  @inline(__always)
  private func texts(
    _ column: Int, _ table: CellTable, _ bytes: Bytes, isJSON: Bool
  ) throws(ScanError) -> ColumnValues {
    decoded.removeAll()
    var count = 0
    var cell = table.cells + column
    var room = -1
    for row in 0..<table.rows {
      let value = cell.pointee
      cell += table.width
      let kind = value.kind
      if kind == .null {
        isPresent[row] = 0
        continue
      }
      isPresent[row] = 1
      if kind == .escaped || isJSON && (kind == .string || kind == .container) {
        // What was handed out must stay where it is: all that may be decoded of the column has room at once.
        if room < 0 {
          room = Self.room(column, table)
          decoded.reserve(room)
        }
        texts[count] = isJSON ? try json(value, bytes) : try decode(value, bytes)
      } else {
        texts[count] = UnsafeBufferPointer(start: bytes + Int(value.start), count: value.count)
      }
      count &+= 1
    }
    return values(table.rows, count)
  }

  /// Bytes that the strings of a column can be decoded to, each with the slack of a block.
  private static func room(_ column: Int, _ table: CellTable) -> Int {
    (0..<table.rows).reduce(0) { $0 + table.cells[$1 * table.width + column].count + 2 * Block.size }
  }

  @inline(__always)
  private func decode(_ cell: Cell, _ bytes: Bytes) throws(ScanError) -> UnsafeBufferPointer<UInt8> {
    let out = decoded.bytes + decoded.count
    let start = Int(cell.start)
    let text = try Unescape.decode(bytes, from: start, to: start + cell.count + 1, into: out, asField: false)
    return keep(text.out - out)
  }

  /// What a string holds where that is JSON, else the cell as it stands; in either, half a surrogate becomes `\ufffd`.
  @inline(__always)
  private func json(_ cell: Cell, _ bytes: Bytes) throws(ScanError) -> UnsafeBufferPointer<UInt8> {
    let out = decoded.bytes + decoded.count
    var start = Int(cell.start)
    var count = cell.count
    if cell.kind != .container {
      let text = try Unescape.decode(bytes, from: start, to: start + count + 1, into: out, asField: false)
      Block.zero(text.out)
      if !text.isReplaced, ValueScan.isValue(out, text.out - out) {
        count = text.out - out
        if let half = HalfSurrogate.first(out, from: 0, to: count) {
          HalfSurrogate.replace(in: out, from: half, to: count)
        }
        return keep(count)
      }
      // With its quotes.
      (start, count) = (start - 1, count + 2)
    }
    guard let half = HalfSurrogate.first(bytes + start, from: 0, to: count) else {
      return UnsafeBufferPointer(start: bytes + start, count: count)
    }
    Block.copy(bytes + start, count, to: out)
    HalfSurrogate.replace(in: out, from: half, to: count)
    return keep(count)
  }

  /// The `count` bytes that were decoded last, which stay until the column's end.
  @inline(__always)
  private func keep(_ count: Int) -> UnsafeBufferPointer<UInt8> {
    let text = UnsafeBufferPointer(start: UnsafePointer(decoded.bytes + decoded.count), count: count)
    decoded.count += count + Block.size
    return text
  }
}
