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
    policy.coldAfter = section["coldAfter"].flatMap { days($0) }
    policy.archiveAfter = section["archiveAfter"].flatMap { days($0) }
    // Blob service properties: DeleteRetentionPolicy.days is 1 to 365.
    policy.softDelete = section["softDelete"].flatMap { days($0, 1...365) }
    // Immutability policies hold 1 to 146,000 days (400 years).
    policy.immutableFor = section["immutableFor"].flatMap { days($0, 1...146_000) }
    if let field = section["locked"] { policy.locked = boolean(field, or: false) }
    checkOrder(policy, section)
    checkImmutability(policy, section)
    if policy.archiveAfter != nil, let field = section["archiveAfter"] {
      warn(
        "blobs in the archive tier cannot be read, so verify --content cannot check them", at: field.range,
        remedy: "use coldAfter, or verify the content before \(field.node.scalar?.text ?? "then")")
    }
    return policy
  }

  /// Each step of a blob's life follows the one before it, which Azure asks for within a rule.
  private mutating func checkOrder(_ policy: RetentionPolicy, _ section: Section) {
    let steps: [(key: String, age: Timespan?, tier: String)] = [
      ("coolAfter", policy.coolAfter, "cool"), ("coldAfter", policy.coldAfter, "cold"),
      ("archiveAfter", policy.archiveAfter, "archive"), ("deleteAfter", policy.deleteAfter, ""),
    ]
    let declared = steps.filter { $0.age != nil }
    for (step, next) in zip(declared, declared.dropFirst()) {
      guard let age = step.age, let end = next.age, end <= age, let field = section[step.key] else { continue }
      let isDeletion = next.key == "deleteAfter"
      report(
        "\(step.key) is not before \(next.key)", at: field.range,
        detail: isDeletion
          ? "blobs are deleted after \(end), so none would ever turn \(step.tier)"
          : "blobs turn \(next.tier) after \(end), so none would ever turn \(step.tier)",
        remedy: "make \(step.key) shorter than \(end), or remove it")
    }
  }

  private mutating func checkImmutability(_ policy: RetentionPolicy, _ section: Section) {
    if let delete = policy.deleteAfter, let immutable = policy.immutableFor, immutable > delete,
      let field = section["immutableFor"]
    {
      report(
        "immutableFor is longer than deleteAfter", at: field.range,
        detail: "Azure deletes no blob while it is immutable", remedy: "make it at most \(delete)")
    }
    if policy.locked, section["immutableFor"] == nil, let field = section["locked"] {
      report(
        "locked without immutableFor: there is no policy to lock", at: field.range,
        remedy: "add immutableFor, or remove locked")
    }
  }
}
