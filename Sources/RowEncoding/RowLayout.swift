/// The columns of a response as the row loop needs them: flat, and outside of any array.
final class RowLayout {
  /// One column.
  struct Column {
    /// Where in `prefixes` what stands before its value begins, and its length in bytes.
    var prefix: Int
    var prefixCount: Int
    var role: Role
  }

  /// What is to be done with a value besides copying it.
  enum Role: UInt8 {
    case plain
    /// A `dynamic` that is to be nested.
    case nested
    /// The time by which rows are placed, written or not.
    case time, droppedTime
  }

  let columns: UnsafeMutableBufferPointer<Column>
  /// What stands before each value, and a block's bytes more: `,"Column":`, or a comma in CSV.
  let prefixes: UnsafeMutablePointer<UInt8>
  /// Bytes that a row has more than its values: its prefixes and its punctuation, and two quotes
  /// around each field.
  let overhead: Int
  /// Whether one column only is written.
  let isSingle: Bool
  /// The header line of CSV.
  let header: [UInt8]

  /// Columns in the service's order; the time column by its index, if rows have one.
  init(_ columns: [ResponseColumn], time: Int?, dropsTime: Bool, _ options: EncodingOptions) {
    let isCSV = options.format == .csv
    var prefixes: [UInt8] = []
    var line: [UInt8] = []
    self.columns = .allocate(capacity: columns.count)
    for (index, column) in columns.enumerated() {
      let start = prefixes.count
      let role: Role =
        if index == time { dropsTime ? .droppedTime : .time } else {
          column.type == "dynamic" && options.dynamic == .nested && !isCSV ? .nested : .plain
        }
      if role != .droppedTime {
        if !isCSV { prefixes += [0x2C] + Self.quoted(column.name) + [0x3A] }
        if isCSV, !line.isEmpty { prefixes.append(0x2C) }
        line += (line.isEmpty ? [] : [0x2C]) + CSVField.text(column.name)
      }
      self.columns.initializeElement(
        at: index, to: Column(prefix: start, prefixCount: prefixes.count - start, role: role))
    }
    self.prefixes = .allocate(capacity: prefixes.count + ByteBuffer.slack)
    self.prefixes.update(repeating: 0, count: prefixes.count + ByteBuffer.slack)
    for (index, byte) in prefixes.enumerated() { self.prefixes[index] = byte }
    overhead = prefixes.count + 2 * columns.count + 8
    isSingle = self.columns.filter { $0.role != .droppedTime }.count == 1
    header = isCSV ? line + [0x0D, 0x0A] : []
  }

  deinit {
    columns.deallocate()
    prefixes.deallocate()
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
}
