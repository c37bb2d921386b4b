/// Times and durations in ticks of 100 ns; times since 0001-01-01T00:00:00Z, in
/// the proleptic Gregorian calendar. What KQL reads and writes is `KQLTime`.
enum Ticks {
  /// Ticks of a second.
  static let second: Int64 = 10_000_000
  /// Ticks of a minute.
  static let minute = 60 * second
  /// Ticks of an hour.
  static let hour = 60 * minute
  /// Ticks of a day.
  static let day = 24 * hour
  /// Milliseconds since 1970 as ticks.
  static func unix(milliseconds: Int64) -> Int64 { KQLTime.unixEpoch + milliseconds * 10_000 }

  /// Reads an ISO 8601 duration in days, hours, minutes and seconds (`P1D`,
  /// `PT6H30M`, `P1DT0.5S`, `P2W`); nil where it is none. Years and months have no length.
  static func duration(_ text: some Collection<UInt8>) -> Int64? {
    var scan = Scan(text)
    guard scan.take("P") else { return nil }
    var total: Int64 = 0
    var hasAny = false
    var isTime = false
    while !scan.isAtEnd {
      if !isTime, scan.take("T") {
        isTime = true
        continue
      }
      guard let amount = scan.amount() else { return nil }
      let unit: Int64
      if isTime {
        if scan.take("H") {
          unit = hour
        } else if scan.take("M") {
          unit = minute
        } else if scan.take("S") {
          unit = second
        } else {
          return nil
        }
      } else {
        if scan.take("D") { unit = day } else if scan.take("W") { unit = 7 * day } else { return nil }
      }
      guard amount.whole <= KQLTime.last / unit else { return nil }
      total += amount.whole * unit + amount.fraction * (unit / second)
      hasAny = true
      if total > KQLTime.last { return nil }
    }
    return hasAny ? total : nil
  }

  /// Year, month and day of a number of days since 0001-01-01.
  static func date(ofDay number: Int64) -> (year: Int64, month: Int64, day: Int64) {
    // Counted from 0000-03-01, so that the leap day ends a year.
    let days = number + 306
    let era = days / 146_097
    let inEra = days - era * 146_097
    let yearOfEra = (inEra - inEra / 1460 + inEra / 36_524 - inEra / 146_096) / 365
    let inYear = inEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * inYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, inYear - (153 * shifted + 2) / 5 + 1)
  }
}

/// A scan of ASCII text from the left.
private struct Scan<Text: Collection<UInt8>> {
  private var rest: Text.SubSequence

  init(_ text: Text) { rest = text[...] }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: scalar) else { return false }
    rest = rest.dropFirst()
    return true
  }

  mutating func digit() -> Int64? {
    guard let byte = rest.first, byte &- UInt8(ascii: "0") < 10 else { return nil }
    rest = rest.dropFirst()
    return Int64(byte - UInt8(ascii: "0"))
  }

  /// One or more digits behind a point, as ticks of a second.
  mutating func fraction() -> Int64? {
    guard var ticks = digit() else { return nil }
    var places = 1
    while let digit = digit() {
      if places < 7 {
        ticks = ticks * 10 + digit
        places += 1
      }
    }
    for _ in places..<7 { ticks *= 10 }
    return ticks
  }

  /// A number of at most 15 digits and its fraction in ten-millionths.
  mutating func amount() -> (whole: Int64, fraction: Int64)? {
    guard var whole = digit() else { return nil }
    while let digit = digit() {
      whole = whole * 10 + digit
      if whole > 1_000_000_000_000_000 { return nil }
    }
    guard take(".") else { return (whole, 0) }
    return fraction().map { (whole, $0) }
  }
}
