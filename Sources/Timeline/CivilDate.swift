/// A date and time of day in the proleptic Gregorian calendar, UTC.
///
/// The conversions are the usual era arithmetic (400 years are 146,097 days,
/// counted from 1 March so that the leap day comes last).
package struct CivilDate: Hashable, Sendable {
  /// 1 to 9999.
  package var year: Int
  /// 1 to 12.
  package var month: Int
  /// 1 to 31.
  package var day: Int
  package var hour = 0
  package var minute = 0
  package var second = 0
  /// Ticks of 100 ns within the second, 0 to 9,999,999.
  package var tick = 0

  package init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }
}

extension CivilDate {
  /// Whether the year has 366 days.
  package static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  /// Days in a month of a year, 28 to 31.
  package static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Whether each field is within its range and the day exists.
  package var isValid: Bool {
    (1...9999).contains(year) && (1...12).contains(month)
      && day >= 1 && day <= Self.days(inMonth: month, of: year)
      && (0...23).contains(hour) && (0...59).contains(minute)
      && (0...59).contains(second) && (0..<10_000_000).contains(tick)
  }

  /// Days since 1970-01-01, negative before it.
  private var daysSinceEpoch: Int64 {
    let y = Int64(month <= 2 ? year - 1 : year)
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let shifted = Int64(month > 2 ? month - 3 : month + 9)
    let dayOfYear = (153 * shifted + 2) / 5 + Int64(day) - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The civil date of a tick.
  package init(_ point: Tick) {
    let seconds = point.unixSeconds
    let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
    let secondOfDay = Int(seconds - days * 86_400)
    let z = days + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = Int(shifted < 10 ? shifted + 3 : shifted - 9)
    self.init(
      year: Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0),
      month: month,
      day: Int(dayOfYear - (153 * shifted + 2) / 5 + 1))
    hour = secondOfDay / 3600
    minute = secondOfDay / 60 % 60
    second = secondOfDay % 60
    tick = Int(point.rawValue - seconds * Timespan.second.ticks)
  }

  /// The tick of this date; meaningful only where `isValid`.
  package var point: Tick {
    let seconds = daysSinceEpoch * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    return Tick(rawValue: seconds * Timespan.second.ticks + Int64(self.tick))
  }
}
