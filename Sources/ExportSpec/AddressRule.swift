/// An IPv4 address or range as a storage account's firewall takes it.
///
/// The firewall takes public IPv4 only, a single address bare and ranges up to
/// /30; it refuses /31, /32 and the private ranges (Microsoft.Storage
/// `networkAcls.ipRules`).
struct AddressRule: Hashable {
  /// The first address, network order.
  let first: UInt32
  /// Leading bits that are fixed, 1 to 30, or 32 for a single address.
  let prefix: Int

  struct Problem: Error, Equatable {
    var reason: String
    var remedy: String?
  }

  init(_ text: String) throws(Problem) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = Self.address(parts[0]) else {
      let isIPv6 = text.contains(":")
      throw Problem(
        reason: isIPv6 ? "the firewall takes IPv4 only" : "it is no IPv4 address or range",
        remedy: "write 203.0.113.10 or 203.0.113.0/24")
    }
    var prefix = 32
    if parts.count == 2 {
      guard let bits = Self.number(parts[1]), bits <= 32 else {
        throw Problem(reason: "/\(parts[1]) is no prefix length")
      }
      guard bits < 31 else {
        throw Problem(
          reason: "the firewall refuses /31 and /32",
          remedy: bits == 32 ? "write the address alone: \(parts[0])" : "list the two addresses")
      }
      guard bits > 0 else {
        throw Problem(reason: "/0 would let everyone in", remedy: "name the ranges that may come in")
      }
      prefix = bits
      let network = first & Self.mask(bits)
      guard network == first else {
        throw Problem(
          reason: "it is not the first address of its range", remedy: "write \(Self.text(network))/\(bits)")
      }
    }
    self.first = first
    self.prefix = prefix
    if let range = Self.reserved.first(where: { overlaps($0.first, $0.prefix) }) {
      throw Problem(
        reason: "\(Self.text(range.first))/\(range.prefix) is \(range.use)",
        remedy: "give the public address that callers come from")
    }
  }
}

extension AddressRule {
  /// Ranges that are never a caller's public address (IANA special-purpose registry).
  private static let reserved: [(first: UInt32, prefix: Int, use: String)] = [
    (0x0000_0000, 8, "\"this network\""), (0x0A00_0000, 8, "private"), (0x6440_0000, 10, "shared by carriers"),
    (0x7F00_0000, 8, "loopback"), (0xA9FE_0000, 16, "link-local"), (0xAC10_0000, 12, "private"),
    (0xC0A8_0000, 16, "private"), (0xE000_0000, 3, "multicast or reserved"),
  ]

  private func overlaps(_ other: UInt32, _ bits: Int) -> Bool {
    let mask = Self.mask(min(bits, prefix))
    return first & mask == other & mask
  }

  private static func mask(_ bits: Int) -> UInt32 { bits == 0 ? 0 : ~0 << UInt32(32 - bits) }

  private static func text(_ address: UInt32) -> String {
    "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)"
  }

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
