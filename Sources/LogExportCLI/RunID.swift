internal import Timeline

/// Identifies a run in the log, in the manifest and in the ids of its requests: the second of its
/// start and eight random hexadecimal digits, `2025-01-31T10:00:00Z-1f2e3d4c`.
struct RunID: Sendable, CustomStringConvertible {
  let start: Tick
  let number: UInt32

  init(start: Tick = .now(), number: UInt32 = .random(in: .min ... .max)) {
    self.start = Tick(unixSeconds: start.unixSeconds)
    self.number = number
  }

  /// The eight digits.
  var digits: String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: 8 - text.count) + text
  }

  var description: String { "\(start.iso8601)-\(digits)" }
}
