/// Numbers as people read them.
enum Quantity {
  /// `9.1M`, `12.4k`, `168`.
  static func count(_ value: Int) -> String {
    scaled(Double(value), [("", 1), ("k", 1e3), ("M", 1e6), ("G", 1e9)], plainBelow: 10_000, value)
  }

  /// Decimal units, as the limits are: `7.1 GB`, `812 B`.
  static func bytes(_ value: Int) -> String {
    scaled(
      Double(value), [(" B", 1), (" kB", 1e3), (" MB", 1e6), (" GB", 1e9), (" TB", 1e12)], plainBelow: 1000, value)
  }

  /// `1 slice`, `3 slices`, `2 queries`, `2 days`.
  static func of(_ value: Int, _ noun: String) -> String {
    let isChanged = noun.hasSuffix("y") && !["ay", "ey", "oy"].contains(noun.suffix(2))
    let plural = isChanged ? "\(noun.dropLast())ies" : "\(noun)s"
    return "\(count(value)) \(value == 1 ? noun : plural)"
  }

  /// `12 min`, `3 h 20 min`: whole minutes, the rest dropped.
  static func minutes(_ seconds: Double) -> String {
    let minutes = Int(seconds / 60)
    return minutes < 120 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
  }

  private static func scaled(
    _ value: Double, _ units: [(String, Double)], plainBelow: Int, _ exact: Int
  ) -> String {
    if exact < plainBelow { return "\(exact)\(units[0].0)" }
    let unit = units.last { $0.1 <= value } ?? units[0]
    let scaled = value / unit.1
    let tenths = Int((scaled * 10).rounded())
    return scaled >= 100 ? "\(Int(scaled.rounded()))\(unit.0)" : "\(tenths / 10).\(tenths % 10)\(unit.0)"
  }
}
