/// Times and durations as KQL has them: ticks of 100 ns since
/// 0001-01-01T00:00:00Z, in the proleptic Gregorian calendar.
enum Ticks {
  static let second: Int64 = 10_000_000
  static let minute = 60 * second
  static let hour = 60 * minute
  static let day = 24 * hour
  /// 1970-01-01T00:00:00Z.
  static let unixEpoch = 719_162 * day
  /// 9999-12-31T23:59:59.9999999Z, the last time that there is.
  static let last = 3_652_059 * day - 1

  /// Milliseconds since 1970 as ticks.
  static func unix(milliseconds: Int64) -> Int64 { unixEpoch + milliseconds * 10_000 }

  /// Reads ISO 8601: a date, then perhaps `T` or a blank, a time of day with any
  /// number of fraction digits (beyond seven they are cut), then perhaps `Z` or
  /// an offset. Without an offset it is UTC. Nil where it is none of that.
  static func parse(_ text: some Collection<UInt8>) -> Int64? {
    var scan = Scan(text)
    guard let year = scan.digits(4), scan.take("-"), let month = scan.digits(2), scan.take("-"),
      let day = scan.digits(2), year >= 1, 1...12 ~= month, 1...days(in: month, of: year) ~= day
    else { return nil }
    var ticks = (dayNumber(year, month, day)) * Self.day
    if scan.take("T") || scan.take("t") || scan.take(" ") {
      guard let hours = scan.digits(2), scan.take(":"), let minutes = scan.digits(2), hours < 24, minutes < 60 else {
        return nil
      }
      ticks += hours * hour + minutes * minute
      if scan.take(":") {
        guard let seconds = scan.digits(2), seconds < 60 else { return nil }
        ticks += seconds * second
        if scan.take(".") {
          guard let fraction = scan.fraction() else { return nil }
          ticks += fraction
        }
      }
      guard let offset = scan.offset() else { return nil }
      ticks -= offset
    }
    return scan.isAtEnd && 0...last ~= ticks ? ticks : nil
  }

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
      guard amount.whole <= last / unit else { return nil }
      total += amount.whole * unit + amount.fraction * (unit / second)
      hasAny = true
      if total > last { return nil }
    }
    return hasAny ? total : nil
  }

  /// Days from 0001-01-01 to a date.
  private static func dayNumber(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let past = year - 1
    return past * 365 + past / 4 - past / 100 + past / 400 + daysBefore(month, of: year) + day - 1
  }

  private static func isLeap(_ year: Int64) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  private static func days(in month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func daysBefore(_ month: Int64, of year: Int64) -> Int64 {
    // 30.6 days a month from March on, in whole numbers.
    month <= 2 ? (month - 1) * 31 : (153 * month - 457) / 5 + 59 + (isLeap(year) ? 1 : 0)
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

  mutating func digits(_ count: Int) -> Int64? {
    var value: Int64 = 0
    for _ in 0..<count {
      guard let digit = digit() else { return nil }
      value = value * 10 + digit
    }
    return value
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

  /// `Z`, `±hh:mm`, `±hhmm` or nothing, in ticks.
  mutating func offset() -> Int64? {
    if isAtEnd || take("Z") || take("z") { return 0 }
    let isWest = take("-")
    guard isWest || take("+"), let hours = digits(2), hours <= 14 else { return nil }
    _ = take(":")
    guard let minutes = digits(2), minutes < 60 else { return nil }
    let ticks = hours * Ticks.hour + minutes * Ticks.minute
    return isWest ? -ticks : ticks
  }
}
