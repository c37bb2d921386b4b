/// The kinds of JSON values that one key had over all rows, and the column
/// type that holds every one of them without loss.
struct ColumnInference: OptionSet, Sendable {
  /// A bit for each kind.
  let rawValue: Int

  /// `true` and `false`.
  static let bool = ColumnInference(rawValue: 1)
  /// Whole, of at most 53 bits: exact as a real.
  static let small = ColumnInference(rawValue: 2)
  /// Whole, of 64 bits.
  static let large = ColumnInference(rawValue: 4)
  /// Whole, of more than 64 bits.
  static let huge = ColumnInference(rawValue: 8)
  /// With a fraction or an exponent.
  static let fraction = ColumnInference(rawValue: 16)
  /// Strings.
  static let string = ColumnInference(rawValue: 32)
  /// Objects and arrays.
  static let nested = ColumnInference(rawValue: 64)

  /// What one value tells; a null tells nothing.
  init(_ value: JSONReader.Value) {
    switch value.kind {
    case .null: self = []
    case .true, .false: self = .bool
    case .integer:
      if let number = Int64(text: value.text) {
        self = number.magnitude <= 1 << 53 ? .small : .large
      } else {
        self = .huge
      }
    case .fraction: self = .fraction
    case .plain, .escaped: self = .string
    case .nested: self = .nested
    }
  }

  /// The kinds of some bits.
  init(rawValue: Int) { self.rawValue = rawValue }

  /// Strings alone are a string, booleans alone a bool, whole numbers of 64 bits
  /// a long, numbers a real where every whole one among them is exact as such.
  /// Whatever else comes together is dynamic: JSON text as it was written. A
  /// column without any value is a string.
  var type: ColumnType {
    if isSubset(of: .string) { return .string }
    if self == .bool { return .bool }
    if isSubset(of: [.small, .large]) { return .long }
    if isSubset(of: [.small, .fraction]) { return .real }
    return .dynamic
  }
}

extension Int64 {
  /// Reads decimal digits with perhaps a minus; nil beyond 64 bits.
  init?(text: UnsafeBufferPointer<UInt8>) {
    let isNegative = text.first == UInt8(ascii: "-")
    var value: Int64 = 0
    for byte in text.dropFirst(isNegative ? 1 : 0) {
      let digit = byte &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      // Counted downwards, for there is one more negative number than positive.
      let (product, over) = value.multipliedReportingOverflow(by: 10)
      let (sum, under) = product.subtractingReportingOverflow(Int64(digit))
      if over || under { return nil }
      value = sum
    }
    guard isNegative || value != .min, text.count > (isNegative ? 1 : 0) else { return nil }
    self = isNegative ? value : -value
  }
}
