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
  package static func tick(_ text: String) -> Tick? {
    let words = text.split(separator: " ")
    guard words.count == 6, words[5] == "GMT", let day = Int(words[1]),
      let month = months.firstIndex(of: String(words[2])),
      let year = Int(words[3])
    else { return nil }
    let parts = words[4].split(separator: ":", omittingEmptySubsequences: false)
    let time = parts.compactMap { Int($0) }
    guard parts.count == 3, time.count == 3 else { return nil }
    var date = CivilDate(year: year, month: month + 1, day: day)
    (date.hour, date.minute, date.second) = (time[0], time[1], time[2])
    return date.isValid ? date.point : nil
  }
}
