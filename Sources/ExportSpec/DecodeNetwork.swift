internal import Diagnostics
internal import YAML

extension SpecDecoder {
  /// `network`: who may reach the account.
  mutating func network(_ field: Field) -> NetworkPolicy {
    var policy = NetworkPolicy()
    guard !field.node.isNull, let section = section(field.node, .network) else { return policy }
    if let field = section["anonymousAccess"] {
      policy.anonymousAccess = boolean(field, or: false)
      if policy.anonymousAccess {
        warn("the logs would be readable by anyone", at: field.range, remedy: "set anonymousAccess: false")
      }
    }
    if let field = section["minTls"] { policy.minTls = minTls(field) }
    if let field = section["httpsOnly"] {
      policy.httpsOnly = boolean(field, or: true)
      if !policy.httpsOnly {
        warn("logs and credentials could travel unencrypted", at: field.range, remedy: "set httpsOnly: true")
      }
    }
    if let field = section["sharedKey"] {
      let isAllowed = boolean(field, or: false)
      policy.sharedKey = isAllowed
      if isAllowed {
        warn(
          "whoever has a key of the account could read and change all of it", at: field.range,
          remedy: "set sharedKey: false, or leave it out to keep what the account has")
      }
    }
    if let field = section["manage"] { policy.manage = choice(field, or: .check) }
    policy.virtualNetwork = section["virtualNetwork"].flatMap { virtualNetwork($0) }
    firewall(section, &policy)
    return policy
  }

  /// The oldest version of TLS, also without quotes: as a number its text is the same.
  ///
  /// The API's `minimumTlsVersion` lists TLS1_3 and documents it as not supported.
  private mutating func minTls(_ field: Field) -> String {
    let only = "1.2"
    let written: (text: String, shown: String)
    if case .float(let number) = field.node.scalar?.value {
      written = (number, number)
    } else {
      guard let value = text(field) else { return only }
      written = (value.text, value.shown)
    }
    if written.text == only { return only }
    if written.text == "1.3" {
      report(
        "a storage account cannot be told to require TLS 1.3", at: field.range,
        detail: "it speaks TLS 1.3 with whoever asks for it",
        remedy: "write minTls: \"1.2\"")
    } else {
      report(
        "unknown value \(written.shown) for minTls", at: field.range,
        remedy: "write \"1.2\"; older versions are not safe")
    }
    return only
  }
}

// MARK: - The firewall

extension SpecDecoder {
  /// `default`, `bypass` and `allow`.
  private mutating func firewall(_ section: Section, _ policy: inout NetworkPolicy) {
    let errors = diagnostics.count
    if let field = section["default"] { policy.defaultAction = choice(field, or: .deny) }
    if let field = section["bypass"] {
      policy.bypass = Set(uniqueTexts(field, "services").compactMap { bypassed($0) })
    }
    if let field = section["allow"], !field.node.isNull, let allow = self.section(field.node, .allow) {
      if let field = allow["subnets"] { policy.subnets = subnets(field) }
      if let field = allow["ips"] { policy.addresses = addresses(field) }
      checkCount(allow["subnets"], policy.subnets)
      checkCount(allow["ips"], policy.addresses)
      if let field = allow["others"] { policy.others = choice(field, or: .keep) }
    }
    let allowed = (policy.subnets ?? []).count + (policy.addresses ?? []).count
    // Rules are for naught unless whoever they do not name is denied.
    if policy.defaultAction == nil, policy.subnets != nil || policy.addresses != nil { policy.defaultAction = .deny }
    guard let field = section["default"] ?? section["allow"] else { return }
    if policy.defaultAction == .allow, allowed > 0 {
      warn(
        "the rules of allow change nothing while everyone is let in", at: field.range, remedy: "set default: deny")
    } else if policy.defaultAction == .allow {
      warn("the account would be reached from every network", at: field.range, remedy: "set default: deny")
    } else if policy.defaultAction == .deny, allowed == 0, diagnostics.count == errors {
      // Whoever is named and refused is told so already.
      warn(
        "no address and no subnet is let in, so no job could write", at: field.range,
        remedy: "name the job's network under allow, unless it comes through a private endpoint")
    }
  }

  /// An account takes 400 rules of each kind ("Scalability and performance targets for standard storage accounts").
  private mutating func checkCount(_ field: Field?, _ rules: [String]?) {
    guard let field, let count = rules?.count, count > 400 else { return }
    report(
      "\(field.key) has \(count) rules, and an account takes 400 of a kind", at: field.range,
      remedy: "join neighbouring ranges")
  }

  private mutating func bypassed(_ value: SpecText) -> BypassedService? {
    if let service = BypassedService(rawValue: value.text) { return service }
    let words = BypassedService.allCases.map(\.rawValue)
    let near = words.first { $0.lowercased() == value.text.lowercased() } ?? nearestName(to: value.text, among: words)
    report(
      "unknown value \(value.shown) for bypass", at: value.range,
      remedy: (near.map { "did you mean \"\($0)\"? " } ?? "") + "known are \(words.joined(separator: ", "))")
    return nil
  }

  /// Ids of subnets, no two alike but for the case of letters.
  private mutating func subnets(_ field: Field) -> [String] {
    var seen: Set<String> = []
    return uniqueTexts(field, "subnet ids").compactMap { value in
      guard let id = resourceID(value, .subnet) else { return nil }
      guard seen.insert(id.lowercased()).inserted else {
        report(
          "\(value.shown) stands twice in subnets", at: value.range,
          detail: "letter case means nothing in a resource id", remedy: "remove one of them")
        return nil
      }
      return id
    }
  }

  /// Addresses and ranges, none within another.
  private mutating func addresses(_ field: Field) -> [String] {
    var rules: [(value: SpecText, range: IPv4Range)] = []
    for value in uniqueTexts(field, "IPv4 addresses and ranges") {
      do throws(IPv4Range.Problem) {
        let range = try AddressRule(value.text).range
        if let other = rules.first(where: { $0.range.overlaps(range) }) {
          report(
            "\(value.shown) overlaps \(other.value.shown)", at: value.range, remedy: "keep the wider of the two")
          continue
        }
        rules.append((value, range))
      } catch {
        report("\(value.shown) cannot be allowed: \(error.reason)", at: value.range, remedy: error.remedy)
      }
    }
    return rules.map(\.value.text)
  }
}
