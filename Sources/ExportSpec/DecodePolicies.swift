internal import Diagnostics
internal import Timeline
internal import YAML

extension SpecDecoder {
  /// `retention`: how long blobs live.
  mutating func retention(_ field: Field) -> RetentionPolicy {
    var policy = RetentionPolicy()
    guard !field.node.isNull, let section = section(field.node, .retention) else { return policy }
    policy.deleteAfter = section["deleteAfter"].flatMap { days($0) }
    policy.coolAfter = section["coolAfter"].flatMap { days($0) }
    // Blob service properties: DeleteRetentionPolicy.days is 1 to 365.
    policy.softDelete = section["softDelete"].flatMap { days($0, 1...365) }
    // Immutability policies hold 1 to 146,000 days (400 years).
    policy.immutableFor = section["immutableFor"].flatMap { days($0, 1...146_000) }
    if let delete = policy.deleteAfter, let cool = policy.coolAfter, delete <= cool, let field = section["coolAfter"] {
      report(
        "coolAfter is not before deleteAfter", at: field.range,
        detail: "blobs are deleted after \(delete), so none would ever turn cool",
        remedy: "make coolAfter shorter than \(delete), or remove it")
    }
    if let delete = policy.deleteAfter, let locked = policy.immutableFor, locked > delete,
      let field = section["immutableFor"]
    {
      report(
        "immutableFor is longer than deleteAfter", at: field.range,
        detail: "Azure deletes no blob while it is immutable", remedy: "make it at most \(delete)")
    }
    return policy
  }

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
    if let field = section["manage"] { policy.manage = choice(field, or: .check) }
    guard let allow = section["allow"], !allow.node.isNull, let section = self.section(allow.node, .allow) else {
      return policy
    }
    if let field = section["subnets"] {
      policy.subnets = uniqueTexts(field, "subnet ids").compactMap { resourceID($0, .subnet) }
    }
    if let field = section["ips"] {
      policy.addresses = []
      for value in uniqueTexts(field, "IPv4 addresses and ranges") {
        do throws(AddressRule.Problem) {
          _ = try AddressRule(value.text)
          policy.addresses?.append(value.text)
        } catch {
          report("\(value.shown) cannot be allowed: \(error.reason)", at: value.range, remedy: error.remedy)
        }
      }
    }
    return policy
  }

  /// `1.2` or `1.3`, also without quotes: as a number its text is the same.
  private mutating func minTls(_ field: Field) -> String {
    let known = ["1.2", "1.3"]
    let shown: String
    if case .float(let number) = field.node.scalar?.value {
      if known.contains(number) { return number }
      shown = number
    } else {
      guard let value = text(field) else { return "1.2" }
      if known.contains(value.text) { return value.text }
      shown = value.shown
    }
    report(
      "unknown value \(shown) for minTls", at: field.range,
      remedy: "known are \"1.2\" and \"1.3\"; older versions are not safe")
    return "1.2"
  }
}
