/// What the address ranges of networks and subnets must be.
enum AddressSpace {
  /// A subnet lies within the space and overlaps no other.
  static func check(
    _ subnet: ResourceDocument, in network: ResourceDocument, beside subnets: [ResourceDocument]
  ) throws(ResourceError) {
    let ranges = try ranges(of: subnet)
    let space = (network.properties["addressSpace"]?["addressPrefixes"]?.array ?? []).compactMap(\.string)
      .compactMap { IPv4($0) }
    guard ranges.allSatisfy({ range in space.contains { $0.contains(range) } }) else {
      throw ResourceError(
        400, "NetcfgSubnetRangeOutsideVnet",
        "Subnet '\(subnet.name)' is not valid because its IP address range is outside the IP address range of "
          + "virtual network '\(network.name)'.")
    }
    for other in subnets where other.id != subnet.id {
      let taken = try self.ranges(of: other)
      guard !ranges.contains(where: { range in taken.contains { $0.contains(range) || range.contains($0) } }) else {
        throw ResourceError(
          400, "NetcfgSubnetRangesOverlap",
          "Subnet '\(subnet.name)' is not valid because its IP address range overlaps with that of an existing subnet "
            + "in virtual network '\(network.name)'.")
      }
    }
  }

  private static func ranges(of subnet: ResourceDocument) throws(ResourceError) -> [IPv4] {
    let several = (subnet.properties["addressPrefixes"]?.array ?? []).compactMap(\.string)
    let texts = several.isEmpty ? [subnet.properties["addressPrefix"]?.string ?? ""] : several
    var ranges: [IPv4] = []
    for text in texts { ranges.append(try network(text, in: subnet.id)) }
    return ranges
  }

  /// An IPv4 network in CIDR notation, its host bits zero.
  static func network(_ text: String, in id: String) throws(ResourceError) -> IPv4 {
    guard let network = IPv4(text), text.contains("/") else {
      throw ResourceError(
        400, "InvalidAddressPrefixFormat",
        "Address prefix \(text) of resource \(id) is not formatted correctly. It "
          + "should follow CIDR notation, for example 10.0.0.0/24.")
    }
    guard network.address == network.network else {
      throw ResourceError(
        400, "InvalidCIDRNotation",
        "The address prefix \(text) in resource \(id) has an invalid CIDR notation. For the given prefix length, the "
          + "address prefix should be \(network.text)/\(network.length).")
    }
    return network
  }
}
