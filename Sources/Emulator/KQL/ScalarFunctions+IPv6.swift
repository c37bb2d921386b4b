extension ScalarFunction {
  /// Functions of IPv6 addresses, which take IPv4 ones as well.
  static let networksV6: [ScalarFunction] = [
    ScalarFunction("parse_ipv6", [.string], .string) { .text(IPv6($0.text(0))?.text ?? "") },
    ScalarFunction("parse_ipv6_mask", [.string, .long], .string) {
      .text(IPv6($0.text(0))?.cut(to: $0.long(1)).text ?? "")
    },
    ScalarFunction("ipv6_compare", [.string, .string, .long], required: 2, .long) { call in
      guard let pair = pair(call) else { return .null }
      return .integer(pair.0 == pair.1 ? 0 : pair.0 < pair.1 ? -1 : 1)
    },
    ScalarFunction("ipv6_is_match", [.string, .string, .long], required: 2, .bool) { call in
      pair(call).map { .bool($0 == $1) } ?? .null
    },
    ScalarFunction("ipv6_is_in_range", [.string, .string], .bool) { call in
      guard let address = IPv6(call.text(0)), let network = IPv6(call.text(1)) else { return .null }
      return .bool(network.contains(address))
    },
    ScalarFunction("ipv6_is_in_any_range", [.string, .dynamic], variadic: true, .bool) { call in
      guard let address = IPv6(call.text(0)) else { return .null }
      return .bool(words(call, from: 1).contains { IPv6($0)?.contains(address) == true })
    },
  ]

  private static func pair(_ call: SQLCall) -> (UInt128, UInt128)? {
    guard let a = IPv6(call.text(0)), let b = IPv6(call.text(1)) else { return nil }
    let length = min(a.length, b.length, call.count > 2 ? call.long(2) : 128)
    return (a.cut(to: length).network, b.cut(to: length).network)
  }
}

/// An IPv6 address, with a prefix length where it names a network.
struct IPv6 {
  var address: UInt128
  /// 0 to 128.
  var length: Int64

  init(address: UInt128, length: Int64) {
    self.address = address
    self.length = min(max(length, 0), 128)
  }

  /// RFC 4291 text with `/length` or without, or an IPv4 address, mapped; nil where it is none.
  init?(_ text: String) {
    if let mapped = IPv4(text) {
      self.init(address: 0xffff << 32 | UInt128(mapped.address), length: mapped.length + 96)
      return
    }
    let halves = text.trimmingSpace.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    var length: Int64 = 128
    if halves.count == 2 {
      guard let given = Int64(halves[1]), (0...128).contains(given) else { return nil }
      length = given
    }
    let sides = String(halves[0]).split(separator: "::", omittingEmptySubsequences: false)
    guard (1...2).contains(sides.count), let head = Self.groups(sides[0]),
      let tail = sides.count == 2 ? Self.groups(sides[1]) : [],
      sides.count == 2 ? head.count + tail.count < 8 : head.count == 8
    else { return nil }
    let groups = head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail
    self.init(address: groups.reduce(0) { $0 << 16 | UInt128($1) }, length: length)
  }

  /// Groups of 16 bits; the last may be an IPv4 address, of two.
  private static func groups(_ text: Substring) -> [UInt16]? {
    if text.isEmpty { return [] }
    var groups: [UInt16] = []
    for part in text.split(separator: ":", omittingEmptySubsequences: false) {
      if part.contains("."), let last = IPv4(String(part)) {
        groups += [UInt16(last.address >> 16), UInt16(last.address & 0xffff)]
      } else {
        guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy({ Hex.digit($0) != nil }),
          let group = UInt16(part, radix: 16)
        else { return nil }
        groups.append(group)
      }
    }
    return groups
  }

  /// The address with the bits past the prefix cleared.
  var network: UInt128 { length == 0 ? 0 : address & ~UInt128(0) << UInt128(128 - length) }

  /// Eight groups of four digits, as `parse_ipv6()` writes it.
  var text: String {
    stride(from: 112, through: 0, by: -16).map { shift in
      let digits = String(network >> UInt128(shift) & 0xffff, radix: 16)
      return String(repeating: "0", count: 4 - digits.count) + digits
    }.joined(separator: ":")
  }

  func cut(to limit: Int64) -> IPv6 { IPv6(address: address, length: min(length, limit)) }

  func contains(_ other: IPv6) -> Bool { other.length >= length && other.cut(to: length).network == network }
}
