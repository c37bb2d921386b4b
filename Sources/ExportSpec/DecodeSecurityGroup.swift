internal import Diagnostics
internal import YAML

extension SpecDecoder {
  /// `network.virtualNetwork.securityGroup`, each rule's name once and each priority once in a direction.
  mutating func securityGroup(_ field: Field) -> SecurityGroupPolicy? {
    guard !field.node.isNull, let section = section(field.node, .securityGroup) else { return nil }
    let id = require(section, "resource").flatMap { text($0) }.flatMap { resourceID($0, .securityGroup) }
    var lines: [String: Int] = [:]
    var rules: [SecurityRulePolicy] = []
    for node in section["rules"].map({ list($0, "rules") }) ?? [] {
      guard let rule = securityRule(node) else { continue }
      let line = node.range.start.line
      let rank = "\(rule.direction) \(rule.priority)"
      if let other = lines.updateValue(line, forKey: "name " + rule.name.lowercased()) {
        report(
          "the name of the rule is given twice", at: node.range, detail: "it was first given in line \(other)",
          remedy: "remove one of them")
      } else if let other = lines.updateValue(line, forKey: rank) {
        report(
          "the priority of the rule is given twice in its direction", at: node.range,
          detail: "it was first given in line \(other)", remedy: "give one of them another priority")
      } else {
        rules.append(rule)
      }
    }
    return id.map { SecurityGroupPolicy(resource: $0, rules: rules) }
  }

  private mutating func securityRule(_ node: YAMLNode) -> SecurityRulePolicy? {
    guard !node.isNull else {
      report("a rule has no keys", at: node.range, remedy: "remove it")
      return nil
    }
    guard let section = section(node, .securityRule) else { return nil }
    let name = require(section, "name").flatMap { text($0) }.flatMap { networkName($0, "rule") }
    let priority = require(section, "priority").flatMap { integer($0, 100...4096) }
    let direction = require(section, "direction").map { choice($0, or: SecurityRulePolicy.Direction.inbound) }
    let access = require(section, "access").map { choice($0, or: NetworkAction.deny) }
    guard let name, let priority, let direction, let access else { return nil }
    var rule = SecurityRulePolicy(name: name, priority: priority, direction: direction, access: access)
    if let field = section["protocol"] { rule.networkProtocol = choice(field, or: .tcp) }
    if let field = section["source"] { rule.source = endpointOfTraffic(field) }
    if let field = section["destination"] { rule.destination = endpointOfTraffic(field) }
    if let field = section["ports"] { rule.ports = ports(field) }
    if rule.access == .allow, rule.direction == .inbound, isAnyone(rule.source) {
      warn(
        "the rule lets anyone into the subnet", at: section["source"]?.range ?? node.range,
        remedy: "name a source; the job needs no callers")
    }
    return rule
  }

  private func isAnyone(_ source: String) -> Bool {
    ["*", "internet"].contains(source.lowercased()) || IPv4Range(source)?.isHuge == true
  }

  /// `*`, an address or range, or a service tag such as `Storage.WestEurope`.
  private mutating func endpointOfTraffic(_ field: Field) -> String {
    guard let value = text(field) else { return "*" }
    if value.text == "*" || isServiceTag(value.text) { return value.text }
    do throws(IPv4Range.Problem) {
      return try IPv4Range(parsing: value.text).description
    } catch {
      report(
        "\(value.shown) is no address range and no service tag: \(error.reason)", at: value.range,
        remedy: "write *, 10.20.0.0/24 or a tag like Storage")
      return "*"
    }
  }

  private func isServiceTag(_ text: String) -> Bool {
    guard let first = text.utf8.first, first.isUppercase else { return false }
    return text.utf8.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: ".") }
  }

  /// Ports and ranges of them, with or without quotes; `*` stands alone.
  private mutating func ports(_ field: Field) -> [String] {
    var result: [String] = []
    for node in list(field, "ports") {
      guard let written = node.scalar.map({ Substitution($0.text, environment: environment).text }), !node.isNull,
        written == "*" || isPortRange(written)
      else {
        report(
          "an item of ports is neither a port nor a range of them", at: node.range,
          remedy: "write 443, 8000-8010 or \"*\"")
        continue
      }
      if result.contains(written) {
        report("an item stands twice in ports", at: node.range, remedy: "remove one of them")
      } else {
        result.append(written)
      }
    }
    if result.count > 1, result.contains("*") {
      report("* in ports leaves nothing to the others", at: field.range, remedy: "keep * alone, or remove it")
    }
    if result.isEmpty, field.node.sequence?.isEmpty == true {
      report("ports is empty", at: field.range, remedy: "name a port, or remove the key for all of them")
    }
    return result
  }

  private func isPortRange(_ text: String) -> Bool {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false)
    let ports = ends.compactMap { end in
      !end.isEmpty && end.utf8.allSatisfy(\.isDigit) && end.utf8.count <= 5 ? Int(end) : nil
    }
    guard ports.count == ends.count, (1...2).contains(ports.count), ports.allSatisfy({ $0 <= 65_535 }) else {
      return false
    }
    return ports.count == 1 || ports[0] < ports[1]
  }
}
