/// When the rows of a generated table are, and the number that each is made from.
///
/// Each hour has a number of rows about the table's mean, more at work and
/// fewer at night and on weekends. The hour is cut into as many equal pieces,
/// and each row lies somewhere in its piece; one in sixteen has the very time
/// of the row before it.
struct RowSchedule: Sendable {
  /// Rows in an hour, on average.
  let rowsPerHour: Int
  /// Ticks; half-open.
  let range: Range<Int64>
  /// The table's own, made of its name and the emulator's seed.
  let seed: UInt64

  /// Percent of the mean by the hour of the day, UTC; 100 on average.
  private static let hours: [Int64] = [
    45, 40, 38, 38, 42, 55, 80, 120, 165, 178, 175, 165, 145, 160, 168, 160, 145, 115, 85, 70, 60, 55, 50, 46,
  ]
  /// Percent of the mean by the day, from Monday; 100 on average.
  private static let days: [Int64] = [122, 126, 124, 122, 112, 48, 46]

  /// How many rows the hour of this number since 0001-01-01 has.
  func count(ofHour hour: Int64) -> Int {
    var random = SplitMix(seed ^ SplitMix.mix(UInt64(bitPattern: hour)))
    let day = Self.days[Int(hour / 24 % 7)]
    let mean = Double(rowsPerHour) * Double(Self.hours[Int(hour % 24)] * day) / 10_000
    guard mean < 30 else { return Int((mean * (0.75 + 0.5 * random.fraction())).rounded()) }
    // Knuth's way to a Poisson distribution: small tables have empty hours.
    var count = 0
    var product = random.fraction()
    let bound = Self.exponential(-mean)
    while product > bound {
      count += 1
      product *= random.fraction()
    }
    return count
  }

  /// The time of a row of an hour of `count` rows, in ticks; never before that
  /// of the row of the number before it.
  func time(ofRow number: Int, in hour: Int64, of count: Int) -> Int64 {
    var number = number
    while number > 0, row(number, in: hour) & 0xF00 == 0 { number -= 1 }
    let from = Ticks.hour * Int64(number) / Int64(count)
    let width = Ticks.hour * Int64(number + 1) / Int64(count) - from
    return hour * Ticks.hour + from + Int64(row(number, in: hour) >> 12 % UInt64(max(width, 1)))
  }

  /// The number that decides everything of a row.
  func row(_ number: Int, in hour: Int64) -> UInt64 {
    SplitMix.mix(seed &+ SplitMix.mix(UInt64(bitPattern: hour) << 24 ^ UInt64(number)))
  }

  /// e to a power of at most 0, from the series of its thousandth part.
  private static func exponential(_ power: Double) -> Double {
    let part = power / 1024
    var value = 1 + part * (1 + part / 2 * (1 + part / 3))
    for _ in 0..<10 { value *= value }
    return value
  }
}

extension SplitMix {
  /// From 0 up to 1.
  mutating func fraction() -> Double { Double(next() >> 11) / Double(1 << 53) }
}

/// A place among the rows of a table, moving forward in time.
struct GeneratedCursor {
  private let schedule: RowSchedule
  /// Ticks; half-open.
  private let range: Range<Int64>
  private var hour: Int64
  private var count: Int
  private var number: Int
  /// The row's time in ticks; nil behind the last row.
  private(set) var time: Int64?

  /// Before the rows of a range.
  init(_ schedule: RowSchedule, _ range: Range<Int64>) {
    self.schedule = schedule
    self.range = range.clamped(to: schedule.range)
    hour = self.range.lowerBound / Ticks.hour
    count = schedule.count(ofHour: hour)
    number = 0
    seek()
  }

  /// The number that decides everything of the row.
  var row: UInt64 { schedule.row(number, in: hour) }

  /// Moves to the next row.
  mutating func advance() {
    number += 1
    settle()
  }

  /// Finds the first row of the range by halving: times never fall within an hour.
  private mutating func seek() {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if schedule.time(ofRow: middle, in: hour, of: count) < range.lowerBound {
        low = middle + 1
      } else {
        high = middle
      }
    }
    number = low
    settle()
  }

  private mutating func settle() {
    while number >= count {
      hour += 1
      guard hour * Ticks.hour < range.upperBound else {
        time = nil
        return
      }
      (number, count) = (0, schedule.count(ofHour: hour))
    }
    let found = schedule.time(ofRow: number, in: hour, of: count)
    time = found < range.upperBound ? found : nil
  }
}
