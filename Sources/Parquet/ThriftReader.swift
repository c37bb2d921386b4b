/// Reads Thrift's compact protocol, of anybody's bytes: what is not asked for is skipped.
struct ThriftReader {
  private let bytes: [UInt8]
  private(set) var index = 0
  private var depth = 0

  /// Structs and lists within each other: Parquet has five.
  private static let depthLimit = 32

  init(_ bytes: [UInt8]) { self.bytes = bytes }
}

extension ThriftReader {
  /// Reads a struct: `body` is called with the number and the type of each field, and reads it or says that it did not.
  mutating func fields(
    _ body: (inout ThriftReader, Int, ThriftWriter.Kind) throws(ParquetError) -> Bool
  ) throws(ParquetError) {
    try enter()
    var last = 0
    while true {
      let header = try byte()
      if header == 0 { break }
      guard let kind = ThriftWriter.Kind(rawValue: header & 15) else { throw .damaged("a field of no type") }
      let step = Int(header >> 4)
      last = step > 0 ? last + step : Int(truncatingIfNeeded: try integer())
      guard (-32768...32767).contains(last) else { throw .damaged("a field without a number") }
      if try !body(&self, last, kind) { try skip(kind) }
    }
    depth -= 1
  }

  /// Reads a list of structs, numbers or texts, element by element.
  mutating func list(_ body: (inout ThriftReader) throws(ParquetError) -> Void) throws(ParquetError) {
    let (count, _) = try listHeader()
    for _ in 0..<count { try body(&self) }
  }

  /// A whole number.
  mutating func integer() throws(ParquetError) -> Int64 {
    let value = try varint()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  private mutating func skip(_ kind: ThriftWriter.Kind) throws(ParquetError) {
    switch kind {
    case .true, .false: break
    case .byte: try move(1)
    case .i16, .i32, .i64: _ = try varint()
    case .double: try move(8)
    case .binary: try move(try size())
    case .struct: try fields { (_, _, _) throws(ParquetError) in false }
    case .list, .set:
      try enter()
      let (count, kind) = try listHeader()
      for _ in 0..<count { if kind == .true || kind == .false { try move(1) } else { try skip(kind) } }
      depth -= 1
    case .map: throw .damaged("a map, which Parquet has none of")
    }
  }

  /// No more elements than bytes are left: each has one at least, but for an empty struct, which ends with one.
  private mutating func listHeader() throws(ParquetError) -> (count: Int, kind: ThriftWriter.Kind) {
    let header = try byte()
    let count = header >> 4 == 15 ? try size() : Int(header >> 4)
    // Some name no type where there is no element.
    guard let kind = ThriftWriter.Kind(rawValue: header & 15) ?? (count == 0 ? .byte : nil) else {
      throw .damaged("a list of no type")
    }
    guard count <= bytes.count - index else { throw .endsEarly }
    return (count, kind)
  }

  private mutating func enter() throws(ParquetError) {
    depth += 1
    guard depth <= Self.depthLimit else { throw .damaged("structs within each other without end") }
  }

  private mutating func move(_ count: Int) throws(ParquetError) {
    guard count <= bytes.count - index else { throw .endsEarly }
    index += count
  }

  private mutating func size() throws(ParquetError) -> Int {
    guard let size = Int(exactly: try varint()) else { throw .damaged("a size beyond all bounds") }
    return size
  }

  private mutating func byte() throws(ParquetError) -> UInt8 {
    guard index < bytes.count else { throw .endsEarly }
    defer { index += 1 }
    return bytes[index]
  }

  private mutating func varint() throws(ParquetError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: 0 as UInt64, to: 70, by: 7) {
      let byte = try byte()
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw .damaged("a number of more than 64 bits")
  }
}

/// Why bytes are no Parquet file.
package enum ParquetError: Error, Sendable, Equatable, CustomStringConvertible {
  /// They may become one with more of them.
  case endsEarly
  case damaged(String)

  package var description: String {
    switch self {
    case .endsEarly: "the file ends early"
    case .damaged(let reason): reason
    }
  }
}
