/// An IPv4 address or a range of them in CIDR notation.
package struct IPv4Range: Hashable, Sendable {
  /// The first address, network order.
  package let first: UInt32
  /// Leading bits that are fixed, 1 to 32; 32 for a single address.
  package let prefix: Int

  /// Why a text is none.
  struct Problem: Error, Equatable {
    var reason: String
    var remedy: String?
  }

  init(first: UInt32, prefix: Int) {
    self.first = first
    self.prefix = prefix
  }

  /// Reads `203.0.113.10` or `203.0.113.0/24`; a range is written with its first address.
  init(parsing text: String) throws(Problem) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = Self.address(parts[0]) else {
      throw Problem(
        reason: text.contains(":") ? "only IPv4 is taken here" : "it is no IPv4 address or range",
        remedy: "write 203.0.113.10 or 203.0.113.0/24")
    }
    var prefix = 32
    if parts.count == 2 {
      guard let bits = Self.number(parts[1]), bits <= 32 else {
        throw Problem(reason: "/\(parts[1]) is no prefix length")
      }
      guard bits > 0 else {
        throw Problem(reason: "/0 would let everyone in", remedy: "name the ranges that may come in")
      }
      prefix = bits
      let network = IPv4Range(first: first & Self.mask(bits), prefix: bits)
      guard network.first == first else {
        throw Problem(
          reason: "it is not the first address of its range", remedy: network.isHuge ? nil : "write \(network)")
      }
    }
    self.init(first: first, prefix: prefix)
  }

  /// Reads what a service says; nil where it is no IPv4 address or range, IPv6 included.
  package init?(_ text: String) {
    do throws(Problem) { try self.init(parsing: text) } catch { return nil }
  }
}

extension IPv4Range {
  /// Whether every address of the other is one of these.
  package func contains(_ other: IPv4Range) -> Bool { prefix <= other.prefix && overlaps(other) }

  /// Whether any address is in both: of two ranges that share one, one contains the other.
  package func overlaps(_ other: IPv4Range) -> Bool {
    let mask = Self.mask(min(prefix, other.prefix))
    return first & mask == other.first & mask
  }

  /// Whether it holds so much of the internet, 32 million addresses or more, that it is as good as open to anybody.
  package var isHuge: Bool { prefix < 8 }

  private static func mask(_ bits: Int) -> UInt32 { bits == 0 ? 0 : ~0 << UInt32(32 - bits) }

  private static func address(_ text: Substring) -> UInt32? {
    let octets = text.split(separator: ".", omittingEmptySubsequences: false).map(number)
    guard octets.count == 4 else { return nil }
    var address: UInt32 = 0
    for octet in octets {
      guard let octet, octet <= 255 else { return nil }
      address = address << 8 | UInt32(octet)
    }
    return address
  }

  /// One to three digits, no leading zero, which some readers take for octal.
  private static func number(_ text: Substring) -> Int? {
    guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy(\.isDigit),
      text.count == 1 || !text.hasPrefix("0")
    else { return nil }
    return Int(text)
  }
}

extension IPv4Range: CustomStringConvertible {
  /// As it is read; a single address stands alone.
  package var description: String {
    let address = "\(first >> 24).\(first >> 16 & 255).\(first >> 8 & 255).\(first & 255)"
    return prefix == 32 ? address : "\(address)/\(prefix)"
  }
}
