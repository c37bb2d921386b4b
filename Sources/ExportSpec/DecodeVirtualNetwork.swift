internal import Diagnostics
internal import YAML

extension SpecDecoder {
  /// `network.virtualNetwork`: the network that the job runs in.
  mutating func virtualNetwork(_ field: Field) -> VirtualNetworkPolicy? {
    guard !field.node.isNull, let section = section(field.node, .virtualNetwork) else { return nil }
    let id = require(section, "resource").flatMap { text($0) }.flatMap { resourceID($0, .virtualNetwork) }
    var policy = VirtualNetworkPolicy(resource: id ?? "")
    policy.location = section["location"].flatMap { location($0) }
    let space = section["addressSpace"].map { addressSpace($0) } ?? []
    policy.addressSpace = space.map(\.description)
    if let field = section["subnet"] { policy.subnet = subnet(field, within: space) }
    if let field = section["securityGroup"] { policy.securityGroup = securityGroup(field) }
    return policy
  }

  /// A region as Resource Manager names it: `westeurope`.
  private mutating func location(_ field: Field) -> String? {
    guard let value = text(field) else { return nil }
    if !value.text.isEmpty, value.text.utf8.allSatisfy({ $0.isLowercase || $0.isDigit }) { return value.text }
    report(
      "\(value.shown) is no region", at: value.range,
      remedy: "write its short name, like westeurope: az account list-locations")
    return nil
  }

  private mutating func addressSpace(_ field: Field) -> [IPv4Range] {
    if field.node.sequence?.isEmpty == true {
      report("addressSpace is empty", at: field.range, remedy: "name a range, like 10.20.0.0/16")
    }
    var ranges: [(value: SpecText, range: IPv4Range)] = []
    for value in uniqueTexts(field, "IPv4 ranges") {
      guard let range = networkRange(value, "an address space") else { continue }
      if let other = ranges.first(where: { $0.range.overlaps(range) }) {
        report("\(value.shown) overlaps \(other.value.shown)", at: value.range, remedy: "keep the wider of the two")
      } else {
        ranges.append((value, range))
      }
    }
    return ranges.map(\.range)
  }

  private mutating func subnet(_ field: Field, within space: [IPv4Range]) -> SubnetPolicy? {
    guard !field.node.isNull, let section = section(field.node, .subnet) else { return nil }
    let name = require(section, "name").flatMap { text($0) }.flatMap { networkName($0, "subnet") }
    guard let value = require(section, "prefix").flatMap({ text($0) }) else { return nil }
    guard let range = networkRange(value, "a subnet") else { return nil }
    if !space.isEmpty, !space.contains(where: { $0.contains(range) }) {
      report(
        "\(value.shown) lies outside the network's address space", at: value.range,
        remedy: "choose a range within addressSpace, or widen that")
    }
    return name.map { SubnetPolicy(name: $0, prefix: range.description) }
  }

  /// A range of a virtual network: Azure's subnets are /29 at the smallest, of five reserved addresses each.
  private mutating func networkRange(_ value: SpecText, _ what: String) -> IPv4Range? {
    do throws(IPv4Range.Problem) {
      let range = try IPv4Range(parsing: value.text)
      if (2...29).contains(range.prefix) { return range }
      report(
        "\(value.shown) cannot be \(what): its size is not /2 to /29", at: value.range,
        remedy: "write a range, like 10.20.0.0/24")
    } catch {
      report(
        "\(value.shown) cannot be \(what): \(error.reason)", at: value.range,
        remedy: error.remedy?.contains("203.0.113") == true ? "write a range, like 10.20.0.0/24" : error.remedy)
    }
    return nil
  }

  /// A name of a subnet or a rule: up to 80 letters, digits and `_.-`, with a letter, digit or `_` at its end
  /// ("Naming rules and restrictions for Azure resources", Microsoft.Network).
  mutating func networkName(_ value: SpecText, _ what: String) -> String? {
    let bytes = Array(value.text.utf8)
    let isName =
      (1...80).contains(bytes.count) && bytes[0].isLetterOrDigit
      && (bytes[bytes.count - 1].isLetterOrDigit || bytes[bytes.count - 1] == UInt8(ascii: "_"))
      && bytes.allSatisfy { $0.isLetterOrDigit || "_.-".utf8.contains($0) }
    if isName { return value.text }
    report(
      "\(value.shown) is no \(what)'s name", at: value.range,
      remedy: "use up to 80 letters, digits, _, . and -, with a letter or digit at both ends")
    return nil
  }
}
