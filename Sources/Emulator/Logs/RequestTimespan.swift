/// The time range that comes with a request, half-open; whether the service
/// takes the end in is not documented.
struct RequestTimespan: Equatable {
  /// Ticks.
  var from: Int64
  /// Ticks.
  var to: Int64

  /// A range of ticks.
  init(from: Int64, to: Int64) { (self.from, self.to) = (from, to) }

  /// Reads an ISO 8601 duration up to `now`, or two of start, end and duration
  /// with a slash between them; nil where it is none of that.
  init?(_ text: String, now: Int64) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let times = parts.map { KQLTime.datetime($0) }
    let durations = parts.map { Ticks.duration($0.utf8) }
    switch parts.count {
    case 1:
      guard let length = durations[0] else { return nil }
      (from, to) = (now - length, now)
    case 2:
      if let start = times[0], let end = times[1] {
        (from, to) = (start, end)
      } else if let start = times[0], let length = durations[1] {
        (from, to) = (start, start + length)
      } else if let length = durations[0], let end = times[1] {
        (from, to) = (end - length, end)
      } else {
        return nil
      }
    default: return nil
    }
  }
}
