/// Writes Thrift's compact protocol, in which Parquet's metadata is written.
///
/// https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
struct ThriftWriter {
  private(set) var bytes: [UInt8] = []
  /// The number of the field before, and those of the structs around.
  private var last: Int16 = 0
  private var outer: [Int16] = []

  /// Types as a field's header has them.
  enum Kind: UInt8 {
    case `true` = 1
    case `false`, byte, i16, i32, i64, double, binary, list, set, map, `struct`
  }
}

extension ThriftWriter {
  mutating func field(_ number: Int16, _ value: Int32) {
    header(number, .i32)
    zigzag(Int64(value))
  }

  mutating func field(_ number: Int16, _ value: Int64) {
    header(number, .i64)
    zigzag(value)
  }

  mutating func field(_ number: Int16, short value: Int16) {
    header(number, .i16)
    zigzag(Int64(value))
  }

  mutating func field(_ number: Int16, _ value: Bool) { header(number, value ? .true : .false) }

  mutating func field(_ number: Int16, _ value: [UInt8]) {
    header(number, .binary)
    binary(value)
  }

  mutating func field(_ number: Int16, _ value: String) { field(number, Array(value.utf8)) }

  /// A struct, whose fields `body` writes.
  mutating func field(_ number: Int16, _ body: (inout ThriftWriter) -> Void) {
    header(number, .struct)
    element(body)
  }

  /// A list, whose elements `body` writes one by one.
  mutating func list<T>(_ number: Int16, of kind: Kind, _ items: [T], _ body: (inout ThriftWriter, T) -> Void) {
    header(number, .list)
    if items.count < 15 {
      bytes.append(UInt8(items.count) << 4 | kind.rawValue)
    } else {
      bytes.append(0xF0 | kind.rawValue)
      varint(UInt64(items.count))
    }
    for item in items { body(&self, item) }
  }

  /// A struct that stands in a list, or by itself.
  mutating func element(_ body: (inout ThriftWriter) -> Void) {
    outer.append(last)
    last = 0
    body(&self)
    bytes.append(0)
    last = outer.removeLast()
  }

  /// A number of a list.
  mutating func zigzag(_ value: Int64) { varint(UInt64(bitPattern: value << 1 ^ value >> 63)) }

  /// A boolean of a list.
  mutating func flag(_ value: Bool) { bytes.append(value ? 1 : 2) }

  /// Bytes of a list.
  mutating func binary(_ value: [UInt8]) {
    varint(UInt64(value.count))
    bytes += value
  }

  private mutating func header(_ number: Int16, _ kind: Kind) {
    let step = number - last
    if (1...15).contains(step) {
      bytes.append(UInt8(step) << 4 | kind.rawValue)
    } else {
      bytes.append(kind.rawValue)
      zigzag(Int64(number))
    }
    last = number
  }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
