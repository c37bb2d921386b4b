/// Where a value stands in the input.
struct Cell {
  /// Of a string, its inside.
  var start: UInt32
  private var sizeAndKind: UInt32

  /// What a value is, before its column's type is looked at.
  enum Kind: UInt32 {
    case null, string
    /// A string with an escape.
    case escaped
    case number, `true`, `false`
    /// An object or an array.
    case container
  }

  /// What is scanned at once is less than this: 512 MiB.
  static let limit = 1 << 29

  @inline(__always)
  init(_ kind: Kind, _ range: Range<Int>) {
    start = UInt32(truncatingIfNeeded: range.lowerBound)
    sizeAndKind = UInt32(truncatingIfNeeded: range.count) << 3 | kind.rawValue
  }

  @inline(__always)
  var count: Int { Int(sizeAndKind >> 3) }
  @inline(__always)
  var kind: Kind { Kind(rawValue: sizeAndKind & 7) ?? .null }
}

/// The values of a batch of rows, found and not read yet: row by row, each as wide as the columns.
final class CellTable {
  let width: Int
  private(set) var rows = 0
  private(set) var cells: UnsafeMutablePointer<Cell>
  private var capacity = 64
  /// Rows of one batch, at most.
  static let limit = 1024

  init(width: Int) {
    self.width = width
    cells = .allocate(capacity: capacity * width)
  }

  deinit { cells.deallocate() }

  func removeAll() { rows = 0 }

  /// Keeps the row that was scanned last.
  func keep() { rows += 1 }

  /// Finds the values of the row that starts at `start`, its bracket, and returns the index behind it. The row belongs
  /// to the table once it is kept.
  @inline(__always)
  func scan(_ bytes: Bytes, from start: Int, to end: Int) throws(ScanError) -> Int {
    guard bytes[start] == 0x5B else { throw .invalid("a row that is no array", at: start) }
    if rows == capacity { grow() }
    let row = cells + rows * width
    var index = start + 1
    var place = 0
    repeat {
      if bytes[index] <= 0x20 { index = ValueScan.skipSpace(bytes, from: index) }
      let byte = bytes[index]
      if byte == 0x22 {
        let (quote, kind) = try Self.string(bytes, from: index &+ 1, to: end)
        row[place] = Cell(kind, index &+ 1..<quote)
        index = quote &+ 1
      } else if byte &- 0x30 < 10 || byte == 0x2D {
        let next = try NumberScan.end(bytes, from: index, to: end)
        row[place] = Cell(.number, index..<next)
        index = next
      } else if byte == 0x7B || byte == 0x5B {
        let next = try ValueScan.end(bytes, from: index, to: end)
        row[place] = Cell(.container, index..<next)
        index = next
      } else {
        let next = try RowPunctuation.literal(bytes, at: index, to: end, behind: place, of: width)
        row[place] = Cell(byte == 0x6E ? .null : byte == 0x74 ? .true : .false, index..<next)
        index = next
      }
      place &+= 1
      let delimiter: UInt8 = place == width ? 0x5D : 0x2C
      if bytes[index] != delimiter {
        index = try RowPunctuation.delimiter(delimiter, bytes, at: index, to: end, behind: place, of: width)
      }
      index &+= 1
    } while place != width
    return index
  }

  /// As `StringScan.quote`, and says whether anything is escaped.
  @inline(__always)
  private static func string(_ bytes: Bytes, from start: Int, to end: Int) throws(ScanError) -> (Int, Cell.Kind) {
    var index = start
    var kind = Cell.Kind.string
    while true {
      let plain = Block(bytes + index).plain
      index &+= plain
      if plain == Block.size { continue }
      if bytes[index] == 0x22 { return (index, kind) }
      if bytes[index] == 0x5C { kind = .escaped }
      index = try StringScan.special(bytes, at: index, to: end)
    }
  }

  private func grow() {
    let larger = UnsafeMutablePointer<Cell>.allocate(capacity: 2 * capacity * width)
    larger.update(from: cells, count: capacity * width)
    cells.deallocate()
    cells = larger
    capacity *= 2
  }
}

/// What stands in a row besides strings and numbers.
enum RowPunctuation {
  /// The index behind the literal that starts at `index`, the value behind `place` others.
  @inline(__always)
  static func literal(
    _ bytes: Bytes, at index: Int, to end: Int, behind place: Int, of width: Int
  ) throws(ScanError) -> Int {
    if place == 0, bytes[index] == 0x5D { throw .invalid("a row of 0 values under \(width) columns", at: index) }
    return try ValueScan.literal(bytes, at: index, to: end)
  }

  /// The index of the delimiter that has to follow the value before `index`.
  @inline(never)
  static func delimiter(
    _ delimiter: UInt8, _ bytes: Bytes, at index: Int, to end: Int, behind place: Int, of width: Int
  ) throws(ScanError) -> Int {
    let index = ValueScan.skipSpace(bytes, from: index)
    guard index < end else { throw .needMore }
    if bytes[index] == delimiter { return index }
    guard delimiter == 0x2C else { throw .invalid("a row of more values than columns", at: index) }
    throw .invalid("a row of \(place) values under \(width) columns", at: index)
  }
}
