package import Timeline

/// Dates of RFC 1123, as headers and listings have them: `Sun, 06 Nov 1994 08:49:37 GMT`.
package enum HTTPDate {
  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// The date of the whole second that the tick lies in.
  package static func text(_ tick: Tick) -> String {
    let date = CivilDate(tick)
    let days = tick.unixSeconds / 86_400
    let name = Self.days[Int((days % 7 + 7) % 7)]
    return
      "\(name), \(pad(date.day, 2)) \(months[date.month - 1]) \(pad(date.year, 4)) \(pad(date.hour, 2)):\(pad(date.minute, 2)):\(pad(date.second, 2)) GMT"
  }

  /// Nil where the text is no such date.
  package static func tick(_ text: String) -> Tick? { tick(Array(text.utf8)) }

  /// Nil where the bytes are no such date: its fields have fixed widths.
  static func tick(_ bytes: [UInt8]) -> Tick? {
    guard bytes.count == 29, bytes[3...4].elementsEqual(", ".utf8), bytes[25...].elementsEqual(" GMT".utf8),
      bytes[7] == space, bytes[11] == space, bytes[16] == space, bytes[19] == colon, bytes[22] == colon,
      let month = months.firstIndex(where: { bytes[8...10].elementsEqual($0.utf8) })
    else { return nil }
    var isNumber = true
    func number(_ range: ClosedRange<Int>) -> Int {
      bytes[range].reduce(0) { value, byte in
        if !(0x30...0x39).contains(byte) { isNumber = false }
        return value * 10 + Int(byte) - 0x30
      }
    }
    var date = CivilDate(year: number(12...15), month: month + 1, day: number(5...6))
    (date.hour, date.minute, date.second) = (number(17...18), number(20...21), number(23...24))
    return isNumber && date.isValid ? date.point : nil
  }

  private static let space = UInt8(ascii: " ")
  private static let colon = UInt8(ascii: ":")
}
