/// The `Prefer` header.
struct Preferences {
  /// Seconds: 180 where none are given, 600 at most.
  var wait = 180
  /// What `Preference-Applied` confirms; nil where the client gave no wait.
  var applied: String?
  var statistics = false
  var render = false

  /// Reads the header's text; unknown preferences are ignored, as RFC 7240 says.
  init(_ text: String) {
    for part in text.split(whereSeparator: { $0 == "," || $0 == ";" }) {
      let item = String(part).trimmingBlanks()
      if item == "include-statistics=true" { statistics = true }
      if item == "include-render=true" { render = true }
      if item.hasPrefix("wait="), let seconds = Int(item.dropFirst(5)) {
        wait = min(max(seconds, 1), 600)
        applied = "wait=\(wait)"
      }
    }
  }
}
