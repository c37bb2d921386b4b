internal import RowEncoding

/// A column of the file: its type in Parquet's terms.
struct ColumnSchema: Sendable, Equatable {
  var name: String
  var type: ValueType
  /// The column's type in the response: `datetime`.
  var origin: String

  /// The physical types by their numbers.
  enum Physical: Int32, Sendable {
    case boolean = 0
    case int32 = 1
    case int64 = 2
    case double = 5
    case byteArray = 6
    case fixed = 7
  }

  var physical: Physical {
    switch type {
    case .bool: .boolean
    case .int: .int32
    case .long, .nanoseconds, .microseconds, .timespan: .int64
    case .real: .double
    case .guid, .decimal: .fixed
    case .text, .json: .byteArray
    }
  }

  /// Bytes of a value of fixed length.
  static let fixedSize = 16
  /// Digits of a decimal.
  static let precision: Int32 = 38

  /// Whether bytes are ordered as a number in two's complement, and not one by one.
  var isSigned: Bool { if case .decimal = type { true } else { false } }
  /// Whether its values are text, of which a part is text as well.
  var isText: Bool { type == .text || type == .json }
}

extension ColumnSchema {
  /// Writes the column's SchemaElement.
  func write(to thrift: inout ThriftWriter) {
    thrift.element { thrift in
      thrift.field(1, physical.rawValue)
      if physical == .fixed { thrift.field(2, Int32(Self.fixedSize)) }
      // OPTIONAL
      thrift.field(3, Int32(1))
      thrift.field(4, name)
      // ConvertedType, for readers of before 2018: UTF8, DECIMAL, TIMESTAMP_MICROS and JSON.
      switch type {
      case .text: thrift.field(6, Int32(0))
      case .decimal(let scale):
        thrift.field(6, Int32(5))
        thrift.field(7, Int32(scale))
        thrift.field(8, Self.precision)
      case .microseconds: thrift.field(6, Int32(10))
      case .json: thrift.field(6, Int32(19))
      default: break
      }
      writeLogicalType(to: &thrift)
    }
  }

  private func writeLogicalType(to thrift: inout ThriftWriter) {
    let none: (inout ThriftWriter) -> Void = { _ in }
    func logical(_ number: Int16, _ body: (inout ThriftWriter) -> Void) { thrift.field(10) { $0.field(number, body) } }
    switch type {
    case .text: logical(1, none)
    case .decimal(let scale):
      logical(5) {
        $0.field(1, Int32(scale))
        $0.field(2, Self.precision)
      }
    case .nanoseconds, .microseconds:
      logical(8) {
        $0.field(1, true)
        $0.field(2) { $0.field(type == .nanoseconds ? 3 : 2, none) }
      }
    case .json: logical(12, none)
    case .guid: logical(14, none)
    case .bool, .int, .long, .real, .timespan: break
    }
  }
}
