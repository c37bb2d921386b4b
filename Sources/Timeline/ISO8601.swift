/// ISO 8601 as the query service and the spec write it.
///
///     2024-11-23                        a date, midnight UTC
///     2024-11-23T10:00                  UTC, seconds left out
///     2024-11-23T10:00:00Z
///     2024-11-23T10:00:00.1234567Z      0 to 7 digits: ticks
///     2024-11-23T10:00:00+02:00         another offset
extension Tick {
  /// Reads an ISO 8601 date or time; without an offset it is UTC.
  ///
  /// Nil where the text is anything else, has more than seven fraction digits
  /// (which would have to be rounded), or names a day that does not exist.
  package init?(iso8601 text: some StringProtocol) {
    var text = String(text)
    guard let point = text.withUTF8({ Tick(iso8601UTF8: $0) }) else { return nil }
    self = point
  }

  /// Reads ISO 8601 from bytes, without making a string of them.
  ///
  /// Nil where the text is anything that `init(iso8601:)` refuses.
  package init?(iso8601UTF8 bytes: UnsafeBufferPointer<UInt8>) {
    var reader = ISO8601Reader(bytes)
    guard let point = reader.read() else { return nil }
    self = point
  }

  /// `2025-01-01T00:00:00Z`; the fraction follows only where there is one, and
  /// then with all seven digits.
  package var iso8601: String { text { $0.append(self, dash: "-", colon: ":") } }

  /// Basic ISO 8601, `20250101T000000Z`; where the tick is no whole second, with
  /// seven fraction digits, `20250101T000000.0000001Z`.
  package var basicISO8601: String { text { $0.append(basicISO8601: self) } }

  /// `2025-01-01`, the day that the tick lies in.
  package var dateText: String { text { $0.append(CivilDate(self), dash: "-") } }

  private func text(_ write: (inout [UInt8]) -> Void) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity("2025-01-01T00:00:00.1234567Z".utf8.count)
    write(&bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension [UInt8] {
  /// Appends `20250101T000000Z`, as `Tick.basicISO8601` has it.
  package mutating func append(basicISO8601 point: Tick) { append(point, dash: nil, colon: nil) }

  /// Appends a decimal number with leading zeros up to `width` digits, behind its sign where it is negative.
  package mutating func append(_ value: Int, width: Int) {
    if value < 0 { append(UInt8(ascii: "-")) }
    let start = count
    var rest = value.magnitude
    repeat {
      append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0 || count - start < width
    self[start...].reverse()
  }

  fileprivate mutating func append(_ date: CivilDate, dash: Unicode.Scalar?) {
    append(date.year, width: 4)
    if let dash { append(UInt8(ascii: dash)) }
    append(date.month, width: 2)
    if let dash { append(UInt8(ascii: dash)) }
    append(date.day, width: 2)
  }

  fileprivate mutating func append(_ point: Tick, dash: Unicode.Scalar?, colon: Unicode.Scalar?) {
    let date = CivilDate(point)
    append(date, dash: dash)
    append(UInt8(ascii: "T"))
    append(date.hour, width: 2)
    if let colon { append(UInt8(ascii: colon)) }
    append(date.minute, width: 2)
    if let colon { append(UInt8(ascii: colon)) }
    append(date.second, width: 2)
    if date.tick != 0 {
      append(UInt8(ascii: "."))
      append(date.tick, width: 7)
    }
    append(UInt8(ascii: "Z"))
  }
}

extension Tick: CustomStringConvertible {
  package var description: String { iso8601 }
}

/// A decimal number with leading zeros up to `width` digits, behind its sign where it is negative.
package func pad(_ value: Int, _ width: Int) -> String {
  var bytes: [UInt8] = []
  bytes.append(value, width: width)
  return String(decoding: bytes, as: UTF8.self)
}

private struct ISO8601Reader {
  let bytes: UnsafeBufferPointer<UInt8>
  var index = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  var atEnd: Bool { index == bytes.count }

  @inline(__always)
  mutating func accept(_ mark: Unicode.Scalar) -> Bool {
    guard !atEnd, bytes[index] == UInt8(ascii: mark) else { return false }
    index += 1
    return true
  }

  @inline(__always)
  mutating func number(_ width: Int) -> Int? {
    guard index + width <= bytes.count else { return nil }
    var value = 0
    for place in index..<index + width {
      guard (0x30...0x39).contains(bytes[place]) else { return nil }
      value = value * 10 + Int(bytes[place] - 0x30)
    }
    index += width
    return value
  }

  mutating func read() -> Tick? {
    guard let year = number(4), accept("-"), let month = number(2), accept("-"), let day = number(2)
    else { return nil }
    var date = CivilDate(year: year, month: month, day: day)
    if atEnd { return date.isValid ? date.point : nil }

    guard accept("T") || accept(" "), let hour = number(2), accept(":"), let minute = number(2)
    else { return nil }
    date.hour = hour
    date.minute = minute
    if accept(":") {
      guard let second = number(2) else { return nil }
      date.second = second
      if accept(".") {
        guard let fraction = fraction() else { return nil }
        date.tick = fraction
      }
    }
    guard date.isValid, let offset = offset(), atEnd else { return nil }
    return date.point - offset
  }

  /// One to seven digits, as ticks.
  private mutating func fraction() -> Int? {
    var value = 0
    var count = 0
    while count < 7, let digit = number(1) {
      value = value * 10 + digit
      count += 1
    }
    guard count > 0 else { return nil }
    for _ in count..<7 { value *= 10 }
    return value
  }

  private mutating func offset() -> Timespan? {
    if atEnd || accept("Z") { return .zero }
    let sign: Int64
    if accept("+") { sign = 1 } else if accept("-") { sign = -1 } else { return nil }
    guard let hours = number(2), hours <= 14, accept(":"), let minutes = number(2), minutes < 60 else { return nil }
    return Timespan.minute * (sign * Int64(hours * 60 + minutes))
  }
}
