/// Writes one row of a response in one of the formats.
///
/// A row comes as `[v,v,…]`, each value as JSON. Values are copied as they stand by the
/// loads that scan them, behind prefixes made once (`,"Column":`); only the strings of CSV
/// and of `dynamic` columns are ever decoded. This is the one loop over all the bytes of a response:
/// it knows of no buffer's end but the zeros behind it, and of no room, which was made for the whole row.
struct RowWriter {
  let layout: RowLayout
  private let options: EncodingOptions
  private var times = TimeScan()
  /// The ticks of the row's time, and where it stands.
  private(set) var time: Int64 = 0
  private(set) var timeIndex = 0

  init(_ layout: RowLayout, _ options: EncodingOptions) {
    self.layout = layout
    self.options = options
  }

  /// Writes the row that starts at `start`, which is its bracket. Returns the index behind it, and
  /// where what was written ends.
  @inline(__always)
  mutating func write(
    _ bytes: Bytes, from start: Int, to end: Int, into out: Out
  ) throws(ScanError) -> (next: Int, out: Out) {
    options.format == .csv
      ? try write(bytes, from: start, to: end, into: out, isCSV: true)
      : try write(bytes, from: start, to: end, into: out, isCSV: false)
  }

  /// `isCSV` is known where this is inlined, so that each format has a loop without the other's branches.
  @inline(__always)
  private mutating func write(
    _ bytes: Bytes, from start: Int, to end: Int, into begin: Out, isCSV: Bool
  ) throws(ScanError) -> (next: Int, out: Out) {
    guard bytes[start] == 0x5B else { throw .invalid("a row that is no array", at: start) }
    let columns = layout.columns
    let prefixes = layout.prefixes
    var index = start + 1
    var out = begin
    var place = 0
    repeat {
      let column = columns[place]
      if bytes[index] <= 0x20 { index = ValueScan.skipSpace(bytes, from: index) }
      let before = out
      // Most prefixes are done with these two; what is copied too much is written over.
      Block(prefixes + column.prefix).store(to: out)
      Block(prefixes + column.prefix + Block.size).store(to: out + Block.size)
      if column.prefixCount > 2 * Block.size { Block.copy(prefixes + column.prefix, column.prefixCount, to: out) }
      out += column.prefixCount

      let byte = bytes[index]
      if column.role != .plain, byte == 0x22 || column.role != .nested {
        (index, out) = try special(bytes, at: index, to: end, column.role, into: out, isCSV: isCSV)
      } else if byte == 0x22 {
        if isCSV {
          (index, out) = try CSVField.write(string: bytes, at: index, to: end, into: out)
        } else {
          out[0] = 0x22
          (index, out) = try StringScan.copy(bytes, from: index &+ 1, to: end, into: out + 1)
          out[0] = 0x22
          index &+= 1
          out += 1
        }
      } else if byte &- 0x30 < 10 || byte == 0x2D {
        let next = try NumberScan.end(bytes, from: index, to: end)
        Block.copy(bytes + index, next &- index, to: out)
        out += next &- index
        index = next
      } else if byte == 0x7B || byte == 0x5B {
        (index, out) = try container(bytes, at: index, to: end, into: out, isCSV: isCSV)
      } else {
        let next = try RowPunctuation.literal(bytes, at: index, to: end, behind: place, of: columns.count)
        Block(bytes + index).store(to: out)
        out += next &- index
        index = next
        if byte == 0x6E { out = isCSV ? null(out) : options.nulls == .omit ? before : out }
      }

      place &+= 1
      let delimiter: UInt8 = place == columns.count ? 0x5D : 0x2C
      if bytes[index] != delimiter {
        index = try RowPunctuation.delimiter(delimiter, bytes, at: index, to: end, behind: place, of: columns.count)
      }
      index &+= 1
    } while place != columns.count
    if isCSV {
      out[0] = 0x0D
      out[1] = 0x0A
      return (index, out + 2)
    }
    // The first member's comma makes room for the brace.
    if out == begin { out += 1 }
    begin[0] = 0x7B
    out[0] = 0x7D
    return (index, out + 1)
  }
}

// MARK: - Values that are not just copied

extension RowWriter {
  /// A null of CSV, four bytes of which were written: nothing, but a blank line would be no row for most readers.
  @inline(__always)
  private func null(_ out: Out) -> Out {
    let start = out - 4
    guard layout.isSingle else { return start }
    start[0] = 0x22
    start[1] = 0x22
    return start + 2
  }

  /// The value of a `dynamic` or a time column.
  @inline(never)
  private mutating func special(
    _ bytes: Bytes, at index: Int, to end: Int, _ role: RowLayout.Role, into out: Out, isCSV: Bool
  ) throws(ScanError) -> (next: Int, out: Out) {
    if role == .nested { return try nested(bytes, at: index, to: end, into: out) }
    guard index < end else { throw .needMore }
    let next = try ValueScan.end(bytes, from: index, to: end)
    guard bytes[index] == 0x22, let ticks = times.ticks(bytes, from: index + 1, count: next &- index - 2) else {
      // A number or a literal may go on behind the buffer's end.
      if next == end { throw .needMore }
      let text = UnsafeBufferPointer(start: bytes + index, count: min(next &- index, 40))
      throw .invalid("a row's time is no datetime: \(String(decoding: text, as: UTF8.self))", at: index)
    }
    time = ticks
    timeIndex = index
    if role == .droppedTime { return (next, out) }
    let inside = isCSV ? index + 1..<next - 1 : index..<next
    Block.copy(bytes + inside.lowerBound, inside.count, to: out)
    return (next, out + inside.count)
  }

  /// A `dynamic` comes as a string that holds JSON text, which is decoded in place. Where it is no JSON, the
  /// string is copied as it stands.
  private func nested(
    _ bytes: Bytes, at index: Int, to end: Int, into out: Out
  ) throws(ScanError) -> (next: Int, out: Out) {
    let text = try Unescape.decode(bytes, from: index + 1, to: end, into: out, asField: false)
    let count = text.out - out
    Block.zero(text.out)
    // Text that lost a half surrogate would not be what it was.
    guard !text.isReplaced, ValueScan.isValue(out, count) else {
      Block.copy(bytes + index, text.quote + 1 - index, to: out)
      return (text.quote + 1, out + (text.quote + 1 - index))
    }
    if text.hasBreaks { Self.unbreak(out, count) }
    return (text.quote + 1, text.out)
  }

  /// A container that is no text within a string; the service has none in its rows.
  @inline(never)
  private func container(
    _ bytes: Bytes, at index: Int, to end: Int, into out: Out, isCSV: Bool
  ) throws(ScanError) -> (next: Int, out: Out) {
    let next = try ValueScan.end(bytes, from: index, to: end)
    if isCSV { return (next, CSVField.write(json: bytes, index..<next, into: out)) }
    Block.copy(bytes + index, next &- index, to: out)
    Self.unbreak(out, next &- index)
    return (next, out + (next &- index))
  }

  /// Line breaks between the tokens of a nested value become spaces: a row is a line.
  ///
  /// Within its strings there are none, since JSON has them escaped.
  @inline(__always)
  private static func unbreak(_ out: Out, _ count: Int) {
    for index in 0..<count { out[index] = out[index] == 0x0A || out[index] == 0x0D ? 0x20 : out[index] }
  }
}
