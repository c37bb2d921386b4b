/// An IPv4 address or range as a storage account's firewall takes it.
///
/// The firewall takes public IPv4 only, a single address bare and ranges up to
/// /30; it refuses /31, /32 and the private ranges (Microsoft.Storage
/// `networkAcls.ipRules`).
struct AddressRule: Hashable {
  let range: IPv4Range

  init(_ text: String) throws(IPv4Range.Problem) {
    let range = try IPv4Range(parsing: text)
    if range.prefix > 30, let slash = text.firstIndex(of: "/") {
      throw IPv4Range.Problem(
        reason: "the firewall refuses /31 and /32",
        remedy: range.prefix == 32 ? "write the address alone: \(text[..<slash])" : "list the two addresses")
    }
    if range.isHuge {
      throw IPv4Range.Problem(
        reason: "it is so large that it lets in as good as everyone", remedy: "name the ranges that may come in")
    }
    if let reserved = Self.reserved.first(where: { $0.range.overlaps(range) }) {
      throw IPv4Range.Problem(
        reason: "\(reserved.range) is \(reserved.use)", remedy: "give the public address that callers come from")
    }
    self.range = range
  }

  /// Ranges that are never a caller's public address (IANA special-purpose registry).
  private static let reserved: [(range: IPv4Range, use: String)] = [
    (IPv4Range(first: 0x0000_0000, prefix: 8), "\"this network\""),
    (IPv4Range(first: 0x0A00_0000, prefix: 8), "private"),
    (IPv4Range(first: 0x6440_0000, prefix: 10), "shared by carriers"),
    (IPv4Range(first: 0x7F00_0000, prefix: 8), "loopback"),
    (IPv4Range(first: 0xA9FE_0000, prefix: 16), "link-local"),
    (IPv4Range(first: 0xAC10_0000, prefix: 12), "private"),
    (IPv4Range(first: 0xC0A8_0000, prefix: 16), "private"),
    (IPv4Range(first: 0xE000_0000, prefix: 3), "multicast or reserved"),
  ]
}
