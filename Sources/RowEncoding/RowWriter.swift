/// Writes one row of a response in one of the formats.
///
/// A row comes as `[v,v,…]`, each value as JSON. Values are copied as they stand
/// behind prefixes made once (`,"Column":`); only the strings of CSV
/// and of `dynamic` columns are ever decoded.
struct RowWriter {
  private let options: EncodingOptions
  private let columns: [Column]
  /// `,"Column":` of all columns, one behind the other: an array of arrays would count
  /// references at each value.
  private let prefixes: [UInt8]
  /// The header line of CSV.
  let header: [UInt8]
  /// The decoded text of the value at hand.
  private var scratch: [UInt8] = []

  private struct Column {
    /// Where its prefix lies.
    var prefix: Range<Int>
    var isDynamic: Bool
  }

  init(_ columns: [ResponseColumn], _ options: EncodingOptions) {
    self.options = options
    var prefixes: [UInt8] = []
    self.columns = columns.map { column in
      let start = prefixes.count
      prefixes += [0x2C] + Self.quoted(column.name) + [0x3A]
      return Column(prefix: start..<prefixes.count, isDynamic: column.type == "dynamic")
    }
    self.prefixes = prefixes
    var line: [UInt8] = []
    for (index, column) in columns.enumerated() {
      if index > 0 { line.append(0x2C) }
      Self.appendField(Array(column.name.utf8), to: &line)
    }
    header = options.format == .csv ? line + [0x0D, 0x0A] : []
  }

  /// A JSON string of a column's name.
  private static func quoted(_ name: String) -> [UInt8] {
    var text: [UInt8] = [0x22]
    for byte in name.utf8 {
      if byte == 0x22 || byte == 0x5C { text.append(0x5C) }
      if byte < 0x20 {
        let digits = Array("0123456789abcdef".utf8)
        text += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      } else {
        text.append(byte)
      }
    }
    return text + [0x22]
  }

  /// Writes the row that starts at `start`, which is its bracket, and returns the
  /// index behind it. On `needMore` the output is as it was.
  mutating func write(
    _ bytes: Bytes, from start: Int, to end: Int, into output: inout [UInt8]
  ) throws(ScanError) -> Int {
    let before = output.count
    let (columns, prefixes) = (columns, prefixes)
    do throws(ScanError) {
      return try columns.withUnsafeBufferPointer { columns throws(ScanError) in
        try prefixes.withUnsafeBufferPointer { prefixes throws(ScanError) in
          try writeRow(bytes, from: start, to: end, columns, prefixes, into: &output)
        }
      }
    } catch {
      output.removeSubrange(before...)
      throw error
    }
  }

  private mutating func writeRow(
    _ bytes: Bytes, from start: Int, to end: Int, _ columns: UnsafeBufferPointer<Column>,
    _ prefixes: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]
  ) throws(ScanError) -> Int {
    guard bytes[start] == 0x5B else { throw .invalid("a row that is no array", at: start) }
    var index = start + 1
    let isCSV = options.format == .csv
    var isFirst = true
    if !isCSV { output.append(0x7B) }
    for column in columns.indices {
      if column > 0 {
        index = ValueScan.skipSpace(bytes, from: index, to: end)
        guard index < end else { throw .needMore }
        guard bytes[index] == 0x2C else {
          throw .invalid("a row of \(column) values under \(columns.count) columns", at: index)
        }
        index += 1
        if isCSV { output.append(0x2C) }
      }
      index = ValueScan.skipSpace(bytes, from: index, to: end)
      guard index < end else { throw .needMore }
      if column == 0, bytes[index] == 0x5D {
        throw .invalid("a row of 0 values under \(columns.count) columns", at: index)
      }
      let next = try valueEnd(bytes, from: index, to: end)
      if isCSV {
        writeField(bytes, index..<next, into: &output)
      } else if bytes[index] != 0x6E || options.nulls == .keep {
        let prefix = columns[column].prefix
        output.append(
          contentsOf: UnsafeBufferPointer(rebasing: prefixes[isFirst ? prefix.dropFirst() : prefix]))
        isFirst = false
        writeMember(bytes, index..<next, isDynamic: columns[column].isDynamic, into: &output)
      }
      index = next
    }
    index = ValueScan.skipSpace(bytes, from: index, to: end)
    guard index < end else { throw .needMore }
    guard bytes[index] == 0x5D else { throw .invalid("a row of more values than columns", at: index) }
    if isCSV {
      output.append(0x0D)
      output.append(0x0A)
    } else {
      output.append(0x7D)
    }
    return index + 1
  }

  @inline(__always)
  private func valueEnd(_ bytes: Bytes, from index: Int, to end: Int) throws(ScanError) -> Int {
    let byte = bytes[index]
    if byte == 0x22 { return try StringScan.end(bytes, from: index + 1, to: end).quote + 1 }
    if byte == 0x7B || byte == 0x5B { return try ValueScan.end(bytes, from: index, to: end) }
    return try ValueScan.scalar(bytes, at: index, to: end)
  }
}

// MARK: - JSON

extension RowWriter {
  @inline(__always)
  private mutating func writeMember(
    _ bytes: Bytes, _ range: Range<Int>, isDynamic: Bool, into output: inout [UInt8]
  ) {
    let first = bytes[range.lowerBound]
    if isDynamic, first == 0x22, options.dynamic == .nested {
      return writeDynamic(bytes, range, into: &output)
    }
    let start = output.count
    output.append(contentsOf: UnsafeBufferPointer(start: bytes + range.lowerBound, count: range.count))
    if first == 0x7B || first == 0x5B { Self.unbreak(&output, from: start) }
  }

  /// A `dynamic` comes as a string that holds JSON text.
  private mutating func writeDynamic(_ bytes: Bytes, _ range: Range<Int>, into output: inout [UInt8]) {
    scratch.removeAll(keepingCapacity: true)
    let replaced = Unescape.append(bytes, range.lowerBound + 1..<range.upperBound - 1, to: &scratch)
    scratch.append(0x20)
    // Text that lost a half surrogate would not be what it was.
    if !replaced, ValueScan.isValue(scratch) {
      let start = output.count
      output.append(contentsOf: scratch.dropLast())
      Self.unbreak(&output, from: start)
    } else {
      output.append(contentsOf: UnsafeBufferPointer(start: bytes + range.lowerBound, count: range.count))
    }
  }

  /// Line breaks between the tokens of a nested value become spaces: a row is a line.
  ///
  /// Within its strings there are none, since JSON has them escaped.
  private static func unbreak(_ output: inout [UInt8], from start: Int) {
    for index in start..<output.count where output[index] == 0x0A || output[index] == 0x0D { output[index] = 0x20 }
  }
}

// MARK: - CSV

extension RowWriter {
  private mutating func writeField(_ bytes: Bytes, _ range: Range<Int>, into output: inout [UInt8]) {
    switch bytes[range.lowerBound] {
    case 0x6E:
      // A blank line would be no row for most readers.
      if columns.count == 1 { output.append(contentsOf: [0x22, 0x22]) }
    case 0x22:
      scratch.removeAll(keepingCapacity: true)
      Unescape.append(bytes, range.lowerBound + 1..<range.upperBound - 1, to: &scratch)
      if scratch.isEmpty { return output.append(contentsOf: [0x22, 0x22]) }
      Self.appendField(scratch, to: &output)
    case 0x7B, 0x5B:
      Self.appendField(
        Array(UnsafeBufferPointer(start: bytes + range.lowerBound, count: range.count)), to: &output)
    default:
      output.append(contentsOf: UnsafeBufferPointer(start: bytes + range.lowerBound, count: range.count))
    }
  }

  /// Quotes where RFC 4180 asks for it, and where readers would trim.
  private static func appendField(_ text: [UInt8], to output: inout [UInt8]) {
    let mustQuote =
      text.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D } || text.first == 0x20 || text.last == 0x20
    guard mustQuote else { return output.append(contentsOf: text) }
    output.append(0x22)
    for byte in text {
      if byte == 0x22 { output.append(0x22) }
      output.append(byte)
    }
    output.append(0x22)
  }
}
