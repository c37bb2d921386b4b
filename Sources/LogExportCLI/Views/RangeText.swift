internal import Timeline

extension Quantity {
  /// `2025-08-01 → 2025-08-08`, with hours where an end is not midnight; `2025-08-01 06:00 → 07:00` within a day.
  static func range(_ range: TimeRange) -> String {
    let (start, end) = (point(range.start), point(range.end))
    guard range.start.dateText == range.end.dateText, end.count > 10 else { return "\(start) → \(end)" }
    return "\(start.count > 10 ? start : "\(start) 00:00") → \(end.dropFirst(11))"
  }

  /// A date, with its time of day where that is not midnight.
  static func point(_ tick: Tick) -> String {
    let text = tick.iso8601
    if text.hasSuffix("T00:00:00Z") { return tick.dateText }
    let isWholeMinute = text.count == 20 && text.hasSuffix(":00Z")
    return "\(tick.dateText) \(text.dropFirst(11).dropLast(isWholeMinute ? 4 : 1))"
  }

  /// A point, cut to its minute: the reading of a clock.
  static func minute(_ tick: Tick) -> String {
    point(Tick(unixSeconds: tick.unixSeconds - (tick.unixSeconds % 60 + 60) % 60))
  }

  /// `97.9%`: rounded towards zero, so that only what is whole is 100%.
  static func share(_ part: Timespan, of whole: Timespan) -> String {
    if part.ticks >= whole.ticks { return "100%" }
    let permille = Int(Double(part.ticks) / Double(whole.ticks) * 1000)
    return "\(permille / 10).\(permille % 10)%"
  }

  /// `3,456`: every digit, in groups of three.
  static func exact(_ value: Int) -> String {
    var text = ""
    for (index, digit) in String(value).reversed().enumerated() {
      if index > 0, index % 3 == 0, digit != "-" { text.append(",") }
      text.append(digit)
    }
    return String(text.reversed())
  }
}

/// Weekdays, from Monday on as ISO 8601 counts them, and months.
enum CalendarName {
  static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
  static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}

extension Tick {
  /// Days since Monday, 0 to 6. 1970-01-01 was a Thursday.
  var weekday: Int {
    let days = unixSeconds >= 0 ? unixSeconds / 86_400 : (unixSeconds - 86_399) / 86_400
    return Int(((days + 3) % 7 + 7) % 7)
  }
}
