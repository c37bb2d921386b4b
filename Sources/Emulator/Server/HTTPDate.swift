/// Dates as HTTP headers and SAS tokens write them, in seconds since 1970.
package enum HTTPDate {
  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, IMF-fixdate).
  package static func format(_ seconds: Int64) -> String {
    let (day, rest) = seconds.flooredDivision(by: 86400)
    let date = civil(day)
    let weekday = days[Int(day.flooredDivision(by: 7).remainder)]
    return "\(weekday), \(two(date.day)) \(months[Int(date.month) - 1]) \(four(date.year)) "
      + "\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60)) GMT"
  }

  /// Reads an IMF-fixdate; nil where it is none.
  package static func parse(_ text: String) -> Int64? {
    let parts = text.split(separator: " ")
    guard parts.count == 6, let day = Int64(parts[1]), let year = Int64(parts[3]),
      let month = months.firstIndex(of: String(parts[2]))
    else { return nil }
    let clock = parts[4].split(separator: ":").compactMap { Int64($0) }
    guard clock.count == 3 else { return nil }
    return daysFromCivil(year: year, month: Int64(month) + 1, day: day) * 86400
      + clock[0] * 3600 + clock[1] * 60 + clock[2]
  }

  /// `2025-01-31T08:49:37Z`.
  package static func iso(_ seconds: Int64) -> String {
    let (day, rest) = seconds.flooredDivision(by: 86400)
    let date = civil(day)
    return "\(four(date.year))-\(two(date.month))-\(two(date.day))"
      + "T\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))Z"
  }

  /// Reads what a SAS may hold in `st` and `se`: a date, or a UTC time to the
  /// minute, the second or its fraction.
  package static func parseISO(_ text: String) -> Int64? {
    let halves = text.split(separator: "T", maxSplits: 1)
    let date = (halves.first ?? "").split(separator: "-").compactMap { Int64($0) }
    guard date.count == 3, (1...12).contains(date[1]), (1...31).contains(date[2]) else { return nil }
    let midnight = daysFromCivil(year: date[0], month: date[1], day: date[2]) * 86400
    guard halves.count == 2 else { return midnight }
    guard halves[1].hasSuffix("Z") else { return nil }
    let clock = halves[1].dropLast().split(separator: ":")
    guard clock.count == 2 || clock.count == 3, let hour = Int64(clock[0]), let minute = Int64(clock[1])
    else { return nil }
    let second = clock.count == 3 ? Int64(clock[2].prefix { $0 != "." }) : 0
    return second.map { midnight + hour * 3600 + minute * 60 + $0 }
  }

  /// The civil date of a day number, by the days-and-eras method of Howard
  /// Hinnant's "chrono-compatible low-level date algorithms".
  private static func civil(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let (era, dayOfEra) = (day + 719_468).flooredDivision(by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }

  private static func daysFromCivil(year: Int64, month: Int64, day: Int64) -> Int64 {
    let (era, yearOfEra) = (month <= 2 ? year - 1 : year).flooredDivision(by: 400)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
  private static func four(_ value: Int64) -> String {
    String(repeating: "0", count: max(0, 4 - "\(value)".count)) + "\(value)"
  }
}

extension Int64 {
  /// Quotient rounded down, and a remainder never negative.
  func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let remainder = self % divisor
    return remainder < 0 ? (self / divisor - 1, remainder + divisor) : (self / divisor, remainder)
  }
}
