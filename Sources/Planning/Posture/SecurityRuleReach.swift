internal import ExportSpec

/// What traffic a rule of a security group is about, compared with another's.
extension SecurityRulePolicy {
  /// Whether it may let something pass that the rule in its place did not.
  ///
  /// An allowance opens nothing where one of at least as much was there, no later in the order of priorities; a denial
  /// nothing where it denies at least as much as the one that was there, no later.
  func opens(over present: SecurityRulePolicy?) -> Bool {
    guard let present else { return access == .allow }
    switch (present.access, access) {
    case (.allow, .allow): return !(present.covers(self) && present.priority <= priority)
    case (.deny, .deny): return !(covers(present) && priority <= present.priority)
    case (.deny, .allow): return true
    case (.allow, .deny): return false
    }
  }

  /// Whether all that the other rule is about is what this one is about.
  private func covers(_ other: SecurityRulePolicy) -> Bool {
    direction == other.direction && (networkProtocol == .any || networkProtocol == other.networkProtocol)
      && Self.covers(source, other.source) && Self.covers(destination, other.destination)
      && other.ports.allSatisfy { port in ports.contains { Self.coversPorts($0, port) } }
  }

  /// Addresses, ranges and service tags; several stand in one text, between commas.
  private static func covers(_ all: String, _ some: String) -> Bool {
    let wide = all.split(separator: ",").map { $0.lowercased() }
    return some.split(separator: ",").map { $0.lowercased() }.allSatisfy { narrow in
      wide.contains { wide in
        if wide == narrow || ["*", "0.0.0.0/0"].contains(wide) { return true }
        guard let wide = IPv4Range(wide), let narrow = IPv4Range(narrow) else { return false }
        return wide.contains(narrow)
      }
    }
  }

  /// `443`, `8000-8010` or `*`.
  private static func coversPorts(_ wide: String, _ narrow: String) -> Bool {
    if wide == "*" || wide == narrow { return true }
    let (wide, narrow) = (ends(wide), ends(narrow))
    guard let wide, let narrow else { return false }
    return wide.lowerBound <= narrow.lowerBound && narrow.upperBound <= wide.upperBound
  }

  private static func ends(_ ports: String) -> ClosedRange<Int>? {
    let ends = ports.split(separator: "-").compactMap { Int($0) }
    guard let first = ends.first, let last = ends.last, first <= last else { return nil }
    return first...last
  }
}
