extension ScalarFunction {
  /// Functions of IPv4 addresses.
  static let networks: [ScalarFunction] = [
    ScalarFunction("parse_ipv4", [.string], .long) { call in
      IPv4(call.text(0)).map { .integer(Int64($0.network)) } ?? .null
    },
    ScalarFunction("parse_ipv4_mask", [.string, .long], .long) { call in
      IPv4(call.text(0)).map { .integer(Int64($0.cut(to: call.long(1)).network)) } ?? .null
    },
    ScalarFunction("ipv4_is_private", [.string], .bool) { call in
      guard let address = IPv4(call.text(0)) else { return .null }
      return .bool(IPv4.privateNetworks.contains { $0.contains(address) })
    },
    ScalarFunction("ipv4_is_in_range", [.string, .string], .bool) { call in
      guard let address = IPv4(call.text(0)), let network = IPv4(call.text(1)) else { return .null }
      return .bool(network.contains(address))
    },
    ScalarFunction("ipv4_is_in_any_range", [.string, .dynamic], variadic: true, .bool) { call in
      guard let address = IPv4(call.text(0)) else { return .null }
      return .bool(words(call, from: 1).contains { IPv4($0)?.contains(address) == true })
    },
    ScalarFunction("ipv4_compare", [.string, .string, .long], required: 2, .long) { call in
      guard let pair = pair(call) else { return .null }
      return .integer(pair.0 == pair.1 ? 0 : pair.0 < pair.1 ? -1 : 1)
    },
    ScalarFunction("ipv4_is_match", [.string, .string, .long], required: 2, .bool) { call in
      pair(call).map { .bool($0 == $1) } ?? .null
    },
    ScalarFunction("ipv4_netmask_suffix", [.string], .long) { call in
      IPv4(call.text(0)).map { .integer($0.length) } ?? .null
    },
    ScalarFunction("format_ipv4", [.dynamic, .long], required: 1, .string) { .text(formatted($0)?.text ?? "") },
    ScalarFunction("format_ipv4_mask", [.dynamic, .long], required: 1, .string) { call in
      .text(formatted(call).map { "\($0.text)/\($0.length)" } ?? "")
    },
    ScalarFunction("has_ipv4", [.string, .string], .bool) { call in
      .bool(IPv4(call.text(1)) != nil && addresses(in: call.text(0)).contains(call.text(1)))
    },
    ScalarFunction("has_any_ipv4", [.string, .dynamic], variadic: true, .bool) { call in
      let found = addresses(in: call.text(0))
      return .bool(words(call, from: 1).contains { found.contains($0) })
    },
    ScalarFunction("has_ipv4_prefix", [.string, .string], .bool) { call in
      .bool(addresses(in: call.text(0)).contains { $0.hasPrefix(call.text(1)) })
    },
    ScalarFunction("has_any_ipv4_prefix", [.string, .dynamic], variadic: true, .bool) { call in
      let found = addresses(in: call.text(0))
      return .bool(words(call, from: 1).contains { word in found.contains { $0.hasPrefix(word) } })
    },
  ]

  /// Both addresses under the shorter of their masks and of the one given.
  private static func pair(_ call: SQLCall) -> (UInt32, UInt32)? {
    guard let a = IPv4(call.text(0)), let b = IPv4(call.text(1)) else { return nil }
    let length = min(a.length, b.length, call.count > 2 ? call.long(2) : 32)
    return (a.cut(to: length).network, b.cut(to: length).network)
  }

  private static func formatted(_ call: SQLCall) -> IPv4? {
    let text = KQLJSON(call.text(0))?.plainText ?? call.text(0)
    let address = IPv4(text) ?? UInt32(text).map { IPv4(address: $0, length: 32) }
    guard let address else { return nil }
    return call.count > 1 ? address.cut(to: call.long(1)) : address
  }

  /// Arguments that are words or arrays of words.
  static func words(_ call: SQLCall, from first: Int) -> [String] {
    (first..<call.count).flatMap { index -> [String] in
      switch KQLJSON(call.text(index)) {
      case .array(let items): items.map(\.plainText)
      case .some(let value): [value.plainText]
      case nil: []
      }
    }
  }

  /// What stands in a text like an address, with nothing alphanumeric around it.
  private static func addresses(in text: String) -> [String] {
    text.split { !($0.isLetter || $0.isNumber || $0 == ".") }.map(String.init)
      .filter { !$0.contains("/") && IPv4($0) != nil }
  }
}

/// An IPv4 address, with a prefix length where it names a network.
struct IPv4 {
  var address: UInt32
  /// 0 to 32.
  var length: Int64

  init(address: UInt32, length: Int64) {
    self.address = address
    self.length = min(max(length, 0), 32)
  }

  /// `10.0.0.1` or `10.0.0.0/8`; nil where it is neither.
  init?(_ text: String) {
    let halves = text.trimmingSpace.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let parts = halves[0].split(separator: ".", omittingEmptySubsequences: false)
    let bytes = parts.compactMap { $0.utf8.allSatisfy(\.isDigit) ? UInt8($0) : nil }
    guard parts.count == 4, bytes.count == 4 else { return nil }
    var length: Int64 = 32
    if halves.count == 2 {
      guard let given = Int64(halves[1]), (0...32).contains(given) else { return nil }
      length = given
    }
    self.init(address: bytes.reduce(0) { $0 << 8 | UInt32($1) }, length: length)
  }

  /// The address with the bits past the prefix cleared.
  var network: UInt32 { length == 0 ? 0 : address & ~UInt32(0) << UInt32(32 - length) }

  var text: String { [24, 16, 8, 0].map { String(network >> UInt32($0) & 255) }.joined(separator: ".") }

  func cut(to limit: Int64) -> IPv4 { IPv4(address: address, length: min(length, limit)) }

  func contains(_ other: IPv4) -> Bool { other.length >= length && other.cut(to: length).network == network }

  /// RFC 1918.
  static let privateNetworks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].compactMap { IPv4($0) }
}
