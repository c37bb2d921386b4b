/// A row that was not taken, and with it none of its load.
struct RowRefused: Error, Equatable, CustomStringConvertible {
  /// `line` of a file, `row` of an array; from 1.
  enum Unit: String {
    case line, row
  }

  /// What `number` counts.
  var unit: Unit
  /// From 1.
  var number: Int
  /// Why.
  var reason: String

  /// `line 3: …`.
  var description: String { "\(unit.rawValue) \(number): \(reason)" }
}

/// Rows as JSON objects: one array of them, or one a line.
struct JSONRows {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let isArray: Bool

  /// Takes text for an array where its first character is `[`.
  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    var reader = JSONReader(bytes)
    self.bytes = bytes
    isArray = reader.peek() == UInt8(ascii: "[")
  }

  /// Goes through all rows: `member` is told each key and value, `row` the end of each row.
  func read(
    member: (JSONReader.Value, JSONReader.Value) throws(JSONReader.Malformed) -> Void,
    row: (_ unit: RowRefused.Unit, _ number: Int) throws -> Void
  ) throws {
    if isArray {
      try readArray(member, row)
    } else {
      try readLines(member, row)
    }
  }

  private func readArray(
    _ member: (JSONReader.Value, JSONReader.Value) throws(JSONReader.Malformed) -> Void,
    _ row: (RowRefused.Unit, Int) throws -> Void
  ) throws {
    var reader = JSONReader(bytes)
    var number = 1
    do {
      try reader.expect("[")
      if !reader.take("]") {
        repeat {
          try reader.object(member)
          try row(.row, number)
          number += 1
        } while reader.take(",")
        try reader.expect("]")
      }
      guard reader.peek() == nil else { throw reader.problem("text behind the array") }
    } catch let error as JSONReader.Malformed {
      throw RowRefused(unit: .row, number: number, reason: "\(error) (byte \(error.offset))")
    }
  }

  private func readLines(
    _ member: (JSONReader.Value, JSONReader.Value) throws(JSONReader.Malformed) -> Void,
    _ row: (RowRefused.Unit, Int) throws -> Void
  ) throws {
    var from = 0
    var number = 0
    while from < bytes.count {
      number += 1
      let rest = UnsafeBufferPointer(rebasing: bytes[from...])
      let line = UnsafeBufferPointer(rebasing: rest[..<(rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.count)])
      from += line.count + 1
      var reader = JSONReader(line)
      guard reader.peek() != nil else { continue }
      do {
        try reader.object(member)
        guard reader.peek() == nil else { throw reader.problem("text behind the object") }
        try row(.line, number)
      } catch let error as JSONReader.Malformed {
        throw RowRefused(unit: .line, number: number, reason: "\(error) (byte \(error.offset))")
      }
    }
  }
}
