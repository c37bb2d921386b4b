extension ScalarFunction {
  /// Functions of datetimes and timespans.
  static let times: [ScalarFunction] =
    [("year", "year"), ("month", "month"), ("day", "day"), ("week", "week")].flatMap { name, period in
      [edge("startof\(name)", period, end: false), edge("endof\(name)", period, end: true)]
    } + [
      part("getyear", "year"), part("getmonth", "month"), part("monthofyear", "month"), part("dayofmonth", "day"),
      part("dayofyear", "dayofyear"), part("hourofday", "hour"), part("week_of_year", "week_of_year"),
      part("weekofyear", "week_of_year"),
      ScalarFunction("dayofweek", [.datetime], .timespan) { .integer(DatePart.weekday($0.long(0)) * KQLTime.day) },
      ScalarFunction("datetime_part", [.string, .datetime], .int) { call in
        DatePart.value(call.text(0).lowercased(), call.long(1)).map { .integer($0) } ?? .null
      },
      ScalarFunction("datetime_add", [.string, .long, .datetime], .datetime) { call in
        moment(DatePart.add(call.text(0).lowercased(), call.long(1), call.long(2)))
      },
      ScalarFunction("datetime_diff", [.string, .datetime, .datetime], .long) { call in
        let period = call.text(0).lowercased()
        guard let a = DatePart.ordinal(period, call.long(1)), let b = DatePart.ordinal(period, call.long(2)) else {
          return .null
        }
        return .integer(a - b)
      },
      ScalarFunction("make_datetime", [.long, .long, .long, .long, .long, .real], required: 3, .datetime) { call in
        guard let civil = Civil(year: call.long(0), month: call.long(1), day: call.long(2)),
          (0..<24).contains(call.long(3)), (0..<60).contains(call.long(4)),
          call.count < 6 || (0..<60).contains(call.real(5))
        else { return .null }
        let seconds = call.count < 6 ? 0 : Int64((call.real(5) * Double(KQLTime.second)).rounded())
        return .integer(civil.ticks + (call.long(3) * 60 + call.long(4)) * 60 * KQLTime.second + seconds)
      },
      ScalarFunction("make_timespan", [.long, .long, .real, .real], required: 2, .timespan) { call in
        let days = call.count == 4 ? call.long(0) : 0
        let first = call.count == 4 ? 1 : 0
        let seconds = call.count > 2 ? call.real(call.count - 1) : 0
        guard days.magnitude < 10_675_199, (0..<24).contains(call.long(first)), (0..<60).contains(call.long(first + 1)),
          (0..<60).contains(seconds)
        else { return .null }
        let minutes = call.long(first) * 60 + call.long(first + 1)
        return .integer(
          days * KQLTime.day + minutes * 60 * KQLTime.second + Int64((seconds * Double(KQLTime.second)).rounded()))
      },
      unix("seconds", 10_000_000), unix("milliseconds", 10_000), unix("microseconds", 10), unix("nanoseconds", 0.01),
      ScalarFunction("format_datetime", [.datetime, .string], .string) {
        .text(TimeFormat.datetime($0.long(0), $0.text(1)))
      },
      ScalarFunction("format_timespan", [.timespan, .string], .string) {
        .text(TimeFormat.timespan($0.long(0), $0.text(1)))
      },
    ]

  private static func moment(_ ticks: Int64?) -> SQLValue {
    guard let ticks, (0...KQLTime.last).contains(ticks) else { return .null }
    return .integer(ticks)
  }

  private static func part(_ name: String, _ part: String) -> ScalarFunction {
    ScalarFunction(name, [.datetime], .int) { DatePart.value(part, $0.long(0)).map { .integer($0) } ?? .null }
  }

  /// The first or the last tick of the period that a datetime lies in, or of one so many later.
  private static func edge(_ name: String, _ period: String, end: Bool) -> ScalarFunction {
    ScalarFunction(name, [.datetime, .long], required: 1, .datetime) { call in
      let offset = call.count > 1 ? call.long(1) : 0
      guard let start = DatePart.start(period, call.long(0)), let moved = DatePart.add(period, offset, start) else {
        return .null
      }
      return moment(end ? DatePart.add(period, 1, moved).map { $0 - 1 } ?? KQLTime.last : moved)
    }
  }

  private static func unix(_ unit: String, _ ticks: Double) -> ScalarFunction {
    ScalarFunction("unixtime_\(unit)_todatetime", [.real], .datetime) { call in
      guard let passed = Int64(exactly: (call.real(0) * ticks).rounded(.down)), passed.magnitude < 1 << 62 else {
        return .null
      }
      return moment(KQLTime.unixEpoch + passed)
    }
  }
}

/// Calendar arithmetic by the names of periods.
enum DatePart {
  private static let fixed: [String: Int64] = [
    "week": 7 * KQLTime.day, "day": KQLTime.day, "hour": 36_000_000_000, "minute": 600_000_000,
    "second": KQLTime.second, "millisecond": 10_000, "microsecond": 10,
  ]

  /// 0 for Sunday to 6; the first day of year 1 was a Monday.
  static func weekday(_ ticks: Int64) -> Int64 {
    (ticks.flooredDivision(by: KQLTime.day).quotient + 1).flooredDivision(by: 7).remainder
  }

  /// A part of a datetime; nil for a name that is none.
  static func value(_ part: String, _ ticks: Int64) -> Int64? {
    let civil = Civil(ticks: ticks)
    switch part {
    case "year": return civil.year
    case "quarter": return (civil.month - 1) / 3 + 1
    case "month": return civil.month
    case "day": return civil.day
    case "dayofyear": return civil.dayOfYear
    case "week_of_year", "weekofyear":
      // ISO 8601: the week of the Thursday.
      let monday = (weekday(ticks) + 6) % 7
      return (Civil(ticks: min(max(0, ticks + (3 - monday) * KQLTime.day), KQLTime.last)).dayOfYear - 1) / 7 + 1
    case "hour": return ticks / 36_000_000_000 % 24
    case "minute": return ticks / 600_000_000 % 60
    case "second": return ticks / KQLTime.second % 60
    case "millisecond": return ticks / 10_000 % 1000
    case "microsecond": return ticks / 10 % 1_000_000
    case "nanosecond": return ticks % KQLTime.second * 100
    default: return nil
    }
  }

  /// The first tick of the period that a datetime lies in; weeks begin on Sunday.
  static func start(_ period: String, _ ticks: Int64) -> Int64? {
    let civil = Civil(ticks: ticks)
    switch period {
    case "year": return Civil(year: civil.year, month: 1, day: 1)?.ticks
    case "month": return Civil(year: civil.year, month: civil.month, day: 1)?.ticks
    case "week": return civil.ticks - weekday(ticks) * KQLTime.day
    default: return civil.ticks
    }
  }

  /// A datetime so many periods later; the day is cut to the month's length.
  static func add(_ period: String, _ amount: Int64, _ ticks: Int64) -> Int64? {
    if period == "nanosecond" { return ticks + amount / 100 }
    if let width = fixed[period] {
      let (shift, over) = amount.multipliedReportingOverflow(by: width)
      let (sum, overflow) = ticks.addingReportingOverflow(shift)
      return over || overflow ? nil : sum
    }
    guard let months = ["year": Int64(12), "quarter": 3, "month": 1][period], amount.magnitude < 200_000 else {
      return nil
    }
    let civil = Civil(ticks: ticks)
    let (year, month) = (civil.year * 12 + civil.month - 1 + amount * months).flooredDivision(by: 12)
    guard (1...9999).contains(year) else { return nil }
    let day = min(civil.day, Civil.days(year, month + 1))
    return Civil(year: year, month: month + 1, day: day).map {
      $0.ticks + ticks.flooredDivision(by: KQLTime.day).remainder
    }
  }

  /// How many whole periods lie before a datetime, for differences; nil for a name that is none.
  static func ordinal(_ period: String, _ ticks: Int64) -> Int64? {
    let civil = Civil(ticks: ticks)
    switch period {
    case "year": return civil.year
    case "quarter": return civil.year * 4 + (civil.month - 1) / 3
    case "month": return civil.year * 12 + civil.month
    // Weeks begin on Sunday, the day before year 1 began.
    case "week": return (ticks + KQLTime.day).flooredDivision(by: 7 * KQLTime.day).quotient
    case "nanosecond": return ticks &* 100
    default: return fixed[period].map { ticks.flooredDivision(by: $0).quotient }
    }
  }
}

/// `format_datetime()` and `format_timespan()`.
enum TimeFormat {
  /// The letters `y M d h H m s f F t`, each by how often it is repeated; anything else stands for itself.
  static func datetime(_ ticks: Int64, _ format: String) -> String {
    let civil = Civil(ticks: ticks)
    let hour = ticks / 36_000_000_000 % 24
    return fill(format, ticks) { letter, count in
      switch letter {
      case "y": count <= 2 ? (civil.year % 100).padded(count) : civil.year.padded(count)
      case "M": civil.month.padded(count)
      case "d": civil.day.padded(count)
      case "h": (hour % 12 == 0 ? 12 : hour % 12).padded(count)
      case "H": hour.padded(count)
      case "t": hour < 12 ? "AM" : "PM"
      default: nil
      }
    }
  }

  /// The letters `d h H m s f F`.
  static func timespan(_ ticks: Int64, _ format: String) -> String {
    let magnitude = Int64(clamping: ticks.magnitude)
    return (ticks < 0 ? "-" : "")
      + fill(format, magnitude) { letter, count in
        switch letter {
        case "d": (magnitude / KQLTime.day).padded(count)
        case "h", "H": (magnitude / 36_000_000_000 % 24).padded(count)
        default: nil
        }
      }
  }

  private static func fill(_ format: String, _ ticks: Int64, _ letter: (Character, Int) -> String?) -> String {
    var out = ""
    var rest = Substring(format)
    while let first = rest.first {
      let count = rest.prefix { $0 == first }.count
      rest = rest.dropFirst(count)
      switch first {
      case "m": out += (ticks / 600_000_000 % 60).padded(count)
      case "s": out += (ticks / KQLTime.second % 60).padded(count)
      case "f": out += String((ticks % KQLTime.second).padded(7).prefix(count))
      case "F":
        var digits = String((ticks % KQLTime.second).padded(7).prefix(count))
        while digits.hasSuffix("0") { digits.removeLast() }
        if digits.isEmpty, out.hasSuffix(".") { out.removeLast() }
        out += digits
      default: out += letter(first, count) ?? String(repeating: String(first), count: count)
      }
    }
    return out
  }
}
