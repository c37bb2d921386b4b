/// Datetimes and timespans as KQL writes them, in ticks of 100 ns.
enum KQLTime {
  static let second: Int64 = 10_000_000
  static let day: Int64 = 864_000_000_000
  /// The last tick of the year 9999.
  static let last: Int64 = 3_155_378_975_999_999_999
  /// 1970-01-01T00:00:00Z.
  static let unixEpoch: Int64 = 621_355_968_000_000_000
}

extension KQLTime {
  /// Ticks of each unit of a timespan literal such as `1.5h`.
  private static let units: [String: Int64] = {
    var units: [String: Int64] = [:]
    for (names, ticks) in [
      (["d", "day", "days"], day), (["h", "hr", "hrs", "hour", "hours"], 36_000_000_000),
      (["m", "min", "minute", "minutes"], 600_000_000), (["s", "sec", "second", "seconds"], second),
      (["ms", "milli", "millis", "millisecond", "milliseconds"], 10_000),
      (["microsecond", "microseconds", "micro", "micros"], 10), (["tick", "ticks"], 1),
    ] {
      for name in names { units[name] = ticks }
    }
    return units
  }()

  /// `1h`, `1.5d`, `100ms`, `1.02:03:04.5`, `02:03`, or a number of days alone; nil where it is none.
  static func timespan(_ text: String) -> Int64? {
    let trimmed = text.trimmingSpace
    let negative = trimmed.hasPrefix("-")
    let body = negative ? String(trimmed.dropFirst()) : trimmed
    guard let first = body.utf8.first, first.isDigit else { return nil }
    let ticks = body.utf8.contains(UInt8(ascii: ":")) ? clock(body) : quantity(body)
    return ticks.map { negative ? -$0 : $0 }
  }

  private static func quantity(_ text: String) -> Int64? {
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let suffix = text.dropFirst(number.count)
    guard let unit = suffix.isEmpty ? day : units[String(suffix)] else { return nil }
    if let whole = Int64(number) {
      let (ticks, overflow) = whole.multipliedReportingOverflow(by: unit)
      return overflow ? nil : ticks
    }
    guard let value = Double(number) else { return nil }
    return Int64(exactly: (value * Double(unit)).rounded())
  }

  /// `[d.]hh:mm[:ss[.fffffff]]`.
  private static func clock(_ text: String) -> Int64? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard (2...3).contains(parts.count) else { return nil }
    let head = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    guard head.count <= 2, let hours = Int64(head[head.count - 1]), let minutes = Int64(parts[1]),
      let days = head.count == 2 ? Int64(head[0]) : 0, let seconds = parts.count == 3 ? fraction(parts[2]) : 0,
      hours < 24, minutes < 60, seconds < 60 * second, days < 10_675_199
    else { return nil }
    return days * day + (hours * 60 + minutes) * 60 * second + seconds
  }

  /// `ss[.fffffff]` in ticks; digits past the seventh are dropped.
  private static func fraction(_ text: String) -> Int64? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = Int64(parts[0]), whole >= 0, whole < 1_000_000 else { return nil }
    guard parts.count == 2 else { return whole * second }
    guard !parts[1].isEmpty, parts[1].utf8.allSatisfy(\.isDigit) else { return nil }
    let digits = parts[1].prefix(7) + String(repeating: "0", count: max(0, 7 - parts[1].count))
    return Int64(digits).map { whole * second + $0 }
  }
}

extension KQLTime {
  /// `2024-01-31`, `2024-01-31 08:49`, `2024-01-31T08:49:37.1234567Z`, with an
  /// offset `+01:00` or none; nil where it is none. Seven digits are kept.
  static func datetime(_ text: String) -> Int64? {
    let trimmed = text.trimmingSpace
    guard let cut = trimmed.firstIndex(where: { $0 == "T" || $0 == " " || $0 == "t" }) else {
      return date(trimmed[...])
    }
    guard let midnight = date(trimmed[..<cut]) else { return nil }
    var clock = String(trimmed[trimmed.index(after: cut)...]).trimmingSpace
    var offset: Int64 = 0
    if clock.hasSuffix("Z") || clock.hasSuffix("z") {
      clock.removeLast()
    } else if let sign = clock.lastIndex(where: { $0 == "+" || $0 == "-" }) {
      guard let shift = Self.clock(String(clock[clock.index(after: sign)...])) else { return nil }
      offset = clock[sign] == "+" ? shift : -shift
      clock = String(clock[..<sign])
    }
    if clock.isEmpty { return nil }
    guard let time = Self.clock(clock) else { return nil }
    let ticks = midnight + time - offset
    return (0...last).contains(ticks) ? ticks : nil
  }

  /// `yyyy-MM-dd`, `yyyy-MM` or `yyyy`.
  private static func date(_ text: Substring) -> Int64? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard (1...3).contains(parts.count), parts[0].utf8.count == 4, parts.allSatisfy({ $0.utf8.allSatisfy(\.isDigit) }),
      let year = Int64(parts[0]), let month = parts.count > 1 ? Int64(parts[1]) : 1,
      let day = parts.count > 2 ? Int64(parts[2]) : 1
    else { return nil }
    return Civil(year: year, month: month, day: day)?.ticks
  }

  /// `yyyy-MM-ddTHH:mm:ss.fffffffZ`, as `tostring()` writes it.
  static func text(datetime ticks: Int64) -> String {
    let civil = Civil(ticks: ticks)
    let rest = ticks.flooredDivision(by: day).remainder
    return
      "\(civil.year.padded(4))-\(civil.month.padded(2))-\(civil.day.padded(2))T\(clockText(rest)).\((rest % second).padded(7))Z"
  }

  /// `[-][d.]hh:mm:ss[.fffffff]`.
  static func text(timespan ticks: Int64) -> String {
    let magnitude = ticks.magnitude
    let days = magnitude / UInt64(day)
    let rest = Int64(magnitude % UInt64(day))
    let part = rest % second
    return (ticks < 0 ? "-" : "") + (days > 0 ? "\(days)." : "") + clockText(rest)
      + (part > 0 ? ".\(part.padded(7))" : "")
  }

  private static func clockText(_ ticks: Int64) -> String {
    let seconds = ticks / second
    return "\((seconds / 3600).padded(2)):\((seconds / 60 % 60).padded(2)):\((seconds % 60).padded(2))"
  }
}

/// A day of the proleptic Gregorian calendar, years 1 to 9999.
struct Civil: Equatable {
  var year: Int64
  var month: Int64
  var day: Int64

  /// Nil where there is no such day.
  init?(year: Int64, month: Int64, day: Int64) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1, day <= Self.days(year, month) else {
      return nil
    }
    (self.year, self.month, self.day) = (year, month, day)
  }

  /// The day that a tick lies in.
  init(ticks: Int64) {
    let days = ticks.flooredDivision(by: KQLTime.day).quotient
    // Years of 365.2425 days; the guess is never too small by more than one.
    var year = days * 400 / 146_097 + 1
    while Self.daysBefore(year) > days { year -= 1 }
    while Self.daysBefore(year + 1) <= days { year += 1 }
    var rest = days - Self.daysBefore(year)
    var month: Int64 = 1
    while rest >= Self.days(year, month) {
      rest -= Self.days(year, month)
      month += 1
    }
    (self.year, self.month, day) = (year, month, rest + 1)
  }

  /// Its midnight, UTC.
  var ticks: Int64 { (Self.daysBefore(year) + dayOfYear - 1) * KQLTime.day }

  /// From 1.
  var dayOfYear: Int64 { (1..<month).reduce(day) { $0 + Self.days(year, $1) } }

  /// How many days a month has.
  static func days(_ year: Int64, _ month: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func daysBefore(_ year: Int64) -> Int64 {
    let past = year - 1
    return past * 365 + past / 4 - past / 100 + past / 400
  }
}

extension Int64 {
  /// With zeros in front, up to a number of digits.
  func padded(_ width: Int) -> String {
    let digits = String(self)
    return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
  }
}

extension String {
  /// Without spaces, tabs and line ends at either end.
  var trimmingSpace: String {
    let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0d).contains($0) }
    guard let start = utf8.firstIndex(where: { !isSpace($0) }), let end = utf8.lastIndex(where: { !isSpace($0) })
    else { return "" }
    return String(self[start...end])
  }
}
