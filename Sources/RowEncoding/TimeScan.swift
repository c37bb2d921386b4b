/// Reads datetimes as the service writes them, to the tick.
///
///     2025-01-01T13:37:00.1234567Z      0 to 7 digits of a second
///
/// Rows of one slice share the date and the hour, which are compared with those read last.
struct TimeScan {
  /// `2025-01-01T13` as its first eight bytes and its last eight.
  private var hour: (UInt64, UInt64) = (0, 0)
  /// Ticks of that hour since 1970.
  private var start: Int64 = 0

  /// The ticks of the text that starts at `start` and has `count` bytes; nil where it is no datetime.
  @inline(__always)
  mutating func ticks(_ bytes: Bytes, from start: Int, count: Int) -> Int64? {
    let text = bytes + start
    guard count == 20 || count >= 22 && count <= 28, text[count - 1] == 0x5A else { return nil }
    if hour != (Self.word(text), Self.word(text + 5)) {
      guard readHour(text) else { return nil }
    }
    // `:mm:ss`: each byte, less what it has to be at least, reaches the high bit where it is too much.
    let clock = Self.word(text + 13) & 0xFFFF_FFFF_FFFF ^ 0x3030_3A30_303A
    guard (clock &+ 0x767A_7F76_7A7F | clock) & 0x8080_8080_8080 == 0 else { return nil }
    let tens = (clock >> 8 & 0xFF, clock >> 32 & 0xFF)
    let seconds = (tens.0 &* 10 &+ clock >> 16 & 0xFF) &* 60 &+ tens.1 &* 10 &+ clock >> 40
    var ticks = seconds &* 10_000_000
    if count > 20 {
      guard text[19] == 0x2E else { return nil }
      let written: UInt64 = (1 << UInt64(8 * (count - 21))) - 1
      let digits = Digits.word(text + 20) & written
      guard Digits.others(digits) == 0 else { return nil }
      ticks &+= Digits.value(digits) / 10
    }
    return self.start &+ Int64(ticks)
  }

  @inline(__always)
  private static func word(_ start: Bytes) -> UInt64 {
    UInt64(littleEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt64.self))
  }

  /// Reads and remembers a date and an hour of the Gregorian calendar; false where it is none.
  @inline(never)
  private mutating func readHour(_ text: Bytes) -> Bool {
    func number(_ range: Range<Int>) -> Int64? {
      var value: Int64 = 0
      for index in range {
        guard case 0x30...0x39 = text[index] else { return nil }
        value = value * 10 + Int64(text[index] - 0x30)
      }
      return value
    }
    guard text[4] == 0x2D, text[7] == 0x2D, text[10] == 0x54, let year = number(0..<4), let month = number(5..<7),
      let day = number(8..<10), let hour = number(11..<13), year >= 1, (1...12).contains(month), day >= 1, hour < 24
    else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    guard day <= (month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31) else { return false }
    // Years begin in March, so that the leap day is the last one; 719,468 days lie before 1970.
    let (shifted, months) = month > 2 ? (year, month - 3) : (year - 1, month + 9)
    let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + (months * 153 + 2) / 5 + day - 1 - 719_468
    start = (days * 24 + hour) * 36_000_000_000
    self.hour = (Self.word(text), Self.word(text + 5))
    return true
  }
}
