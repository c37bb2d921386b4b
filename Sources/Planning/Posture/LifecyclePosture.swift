internal import ExportSpec

/// The lifecycle rules of the tables' containers.
///
/// Rules named after the archive are the tool's own, and are exactly what is declared: an age that is taken out of
/// the spec is taken out of them. A container that one of them names and the spec no longer does keeps its rule with
/// the ages that it has: its blobs are still kept for as long as was promised, and no longer. The manifest and the
/// lock are named by no rule.
extension PosturePlanner {
  /// A rule filters by at most 10 prefixes, and a policy has at most 100 rules (Microsoft.Storage managementPolicies).
  private static let mostPrefixes = 10
  private static let mostRules = 100

  mutating func lifecycle() {
    guard spec.destination.resource != nil else { return }
    guard let retention = spec.retention else { return remarkOfForgottenRules() }
    let declared = BlobAges(retention)
    guard let rules = state.lifecycle else {
      if declared != BlobAges() { noteUnread(accountTitle, "retention") }
      return
    }
    let present = OwnRules(rules, archive: spec.name)
    let prefixes = spec.tables.map { "\($0.container)/" }
    var wanted: [String: BlobAges] = [:]
    if declared != BlobAges() { for prefix in prefixes { wanted[prefix] = declared } }
    // Whoever put the manifest, its lock or a part of a declared container into a rule of ours, they go from it.
    let manifest = spec.destination.manifest
    let claimed = prefixes + ["\(manifest)/", "\(lockContainerName(manifest: manifest))/"]
    let stale = present.ages.keys.filter { prefix in !claimed.contains { prefix.hasPrefix($0) } }.sorted()
    for prefix in stale { wanted[prefix] = present.ages[prefix] }

    if !stale.isEmpty {
      plan.remarks.append(
        "\(accountTitle): its rules still cover \(stale.map { String($0.dropLast()) }.joined(separator: ", ")), which the spec does not declare; kept, so that its blobs end as was declared."
      )
    }
    if !present.alterations.isEmpty || present.ages != wanted {
      note(present, wanted, prefixes, others: rules.count - present.rules.count)
    }
    warnOfOthers(rules.filter { rule in !present.rules.contains { $0.name == rule.name } }, declared)
  }

  private mutating func note(
    _ present: OwnRules, _ wanted: [String: BlobAges], _ prefixes: [String], others: Int
  ) {
    var named = Set<String>()
    let order =
      prefixes.filter { wanted[$0] != nil && named.insert($0).inserted }
      + wanted.keys.filter { !prefixes.contains($0) }.sorted()
    var rules: [LifecycleRule] = []
    for prefix in order {
      guard let ages = wanted[prefix] else { continue }
      if let index = rules.firstIndex(where: { BlobAges($0) == ages && $0.prefixes.count < Self.mostPrefixes }) {
        rules[index].prefixes.append(prefix)
      } else {
        let name = OwnRules.name(rules.count + 1, archive: spec.name)
        rules.append(
          LifecycleRule(
            name: name, prefixes: [prefix], coolAfter: ages.cool, coldAfter: ages.cold, archiveAfter: ages.archive,
            deleteAfter: ages.delete))
      }
    }
    let total = others + max(rules.count, present.rules.count)
    // Rules that are not needed any more are switched off, not deleted: whatever they once covered can be read there.
    for var rule in present.rules where !rules.contains(where: { $0.name == rule.name }) && rule.isEnabled {
      rule.isEnabled = false
      rules.append(rule)
    }
    let isShorter = order.contains { prefix in
      guard let delete = wanted[prefix]?.delete else { return false }
      // What a rule that is no longer declared covers is taken to hold blobs.
      guard archived.contains(String(prefix.dropLast())) || !prefixes.contains(prefix) else { return false }
      // A rule that somebody has altered may have spared some.
      return present.sparesSome || present.ages[prefix]?.delete.map { delete < $0 } ?? true
    }
    let fits = total <= Self.mostRules
    note(
      accountTitle, "retention", present.text, OwnRules.text(wanted), warnings: isShorter ? [.shortens] : [],
      step: fits ? .lifecycle(rules) : nil,
      remark: fits ? nil : "A policy has at most \(Self.mostRules) rules, and this would be \(total).")
  }

  /// The tool's own rules, at work where the spec declares no retention: they are told, and left as they are.
  private mutating func remarkOfForgottenRules() {
    let own = OwnRules(state.lifecycle ?? [], archive: spec.name)
    guard let text = own.text else { return }
    let names = own.rules.filter(\.isEnabled).map(\.name).joined(separator: ", ")
    plan.remarks.append(
      "\(accountTitle): \(names), which was made for this archive, still does what was declared (\(text)), and the spec has no retention any more; kept. To end it, take the rule out of the account's lifecycle management."
    )
  }

  /// Other people's rules that reach the archive's blobs.
  ///
  /// One that deletes them before the spec does is a difference that nobody but its owner mends: while there is one,
  /// nothing is written. One that tiers them is a caution.
  private mutating func warnOfOthers(_ rules: [LifecycleRule], _ declared: BlobAges) {
    for rule in rules where rule.isEnabled {
      let mayTier = rule.others.contains { !$0.hasPrefix("delete ") }
      var covered: [String] = []
      for container in ownContainers {
        let isManifest = container == spec.destination.manifest
        guard rule.covers(container, isManifest ? ["appendBlob", "blockBlob"] : ["blockBlob"]) else { continue }
        if let days = rule.deletion, isManifest || days < declared.delete ?? .max {
          refuse(rule, container, days, declared: isManifest ? nil : declared.delete)
        } else if mayTier || !isManifest && BlobAges(rule).tiers(before: declared) {
          // Append blobs are never tiered.
          covered.append(container)
        }
      }
      guard !covered.isEmpty else { continue }
      let deed = mayTier ? "may tier or delete" : "tiers"
      let days = mayTier ? nil : BlobAges(rule).firstTier
      let when = days.map { " after \(dayText($0))" } ?? ""
      plan.cautions.append(
        "\(accountTitle): lifecycle rule \(rule.name), which is not of this archive, \(deed) blobs of \(covered.joined(separator: ", "))\(when), earlier than the spec says."
      )
    }
  }

  private mutating func refuse(_ rule: LifecycleRule, _ container: String, _ days: Int, declared: Int?) {
    let isManifest = container == spec.destination.manifest
    note(
      "container \(container)", "retention.deleteAfter", "\(days)d by lifecycle rule \(rule.name)",
      declared.map { "\($0)d" } ?? "never", mode: .enforce, step: nil,
      remark:
        "That rule is not of this archive and is left alone: take it out of the account's lifecycle management, or limit its prefixes\(isManifest ? "" : "; where it is meant, declare it as retention.deleteAfter")."
    )
  }
}

/// The ages at which something becomes of a blob, in days.
struct BlobAges: Hashable {
  var cool: Int?
  var cold: Int?
  var archive: Int?
  var delete: Int?

  init() {}

  init(_ retention: RetentionPolicy) {
    cool = retention.coolAfter?.wholeDays
    cold = retention.coldAfter?.wholeDays
    archive = retention.archiveAfter?.wholeDays
    delete = retention.deleteAfter?.wholeDays
  }

  init(_ rule: LifecycleRule) {
    cool = rule.coolAfter
    cold = rule.coldAfter
    archive = rule.archiveAfter
    delete = rule.deleteAfter
  }

  /// Cool 30d, cold 90d, delete 365d.
  var text: String {
    [("cool", cool), ("cold", cold), ("archive", archive), ("delete", delete)]
      .compactMap { name, days in days.map { "\(name) \($0)d" } }.joined(separator: ", ")
  }

  var firstTier: Int? { [cool, cold, archive].compactMap(\.self).min() }

  /// Whether a blob is tiered before these would have it so, or where these would not at all.
  func tiers(before other: BlobAges) -> Bool {
    func before(_ mine: Int?, _ other: Int?) -> Bool { mine.map { $0 < other ?? .max } ?? false }
    return before(archive, other.archive) || before(cold, other.cold) || before(cool, other.cool)
  }
}

/// The rules that the tool has made for one archive.
struct OwnRules {
  var rules: [LifecycleRule]
  /// Of each prefix that a rule in force names.
  var ages: [String: BlobAges] = [:]
  /// Whether one has conditions that leave out blobs of the containers that it names.
  var sparesSome = false
  /// What is not of the form in which they are made, in words; empty where each is, and no prefix stands in two.
  var alterations: [String] = []

  init(_ all: [LifecycleRule], archive: String) {
    rules = all.filter { Self.isOwn($0.name, archive: archive) }
    for rule in rules where rule.isEnabled {
      if !rule.others.isEmpty || !rule.blobTypes.contains("blockBlob") { sparesSome = true }
      alterations += rule.others
      if rule.blobTypes != ["blockBlob"] {
        alterations.append("for \(rule.blobTypes.sorted().joined(separator: ", "))")
      }
      if rule.prefixes.isEmpty { alterations.append("\(rule.name) for every container") }
      for prefix in rule.prefixes {
        if !prefix.hasSuffix("/") {
          // It would reach containers whose names only begin alike.
          alterations.append("for all that begins with \(prefix)")
        } else if ages.updateValue(BlobAges(rule), forKey: prefix) != nil {
          alterations.append("\(prefix.dropLast()) twice")
        }
      }
    }
  }

  /// `logexport-NAME`, `logexport2-NAME`, …: no archive's name makes one archive's rules another's.
  static func name(_ number: Int, archive: String) -> String {
    "logexport\(number == 1 ? "" : "\(number)")-\(archive)"
  }

  static func isOwn(_ name: String, archive: String) -> Bool {
    guard name.hasPrefix("logexport"), name.hasSuffix("-" + archive) else { return false }
    let number = name.dropFirst("logexport".count).dropLast(archive.utf8.count + 1)
    return number.isEmpty || number.allSatisfy { ("0"..."9").contains($0) }
  }

  /// What is there, as text; nil for nothing.
  var text: String? {
    let altered = alterations.isEmpty ? nil : "altered: \(alterations.joined(separator: ", "))"
    let texts = [Self.text(ages), altered].compactMap(\.self)
    return texts.isEmpty ? nil : texts.joined(separator: "; ")
  }

  /// Ages and the number of containers that they are for: `cool 30d, delete 365d on 3 containers`.
  static func text(_ ages: [String: BlobAges]) -> String? {
    let groups = Dictionary(grouping: ages.keys) { ages[$0]?.text ?? "" }
    let texts = groups.keys.sorted().map { text in
      let count = groups[text]?.count ?? 0
      return "\(text) on \(count) \(count == 1 ? "container" : "containers")"
    }
    return texts.isEmpty ? nil : texts.joined(separator: "; ")
  }
}

extension LifecycleRule {
  /// The least age in days at which it may delete blobs of the archive; nil where it deletes none. They carry no tags,
  /// by which a rule may pick its blobs.
  fileprivate var deletion: Int? { others.contains("blobIndexMatch") ? nil : deletesFrom }

  /// Whether it reaches some blob of a container, of one of these types.
  fileprivate func covers(_ container: String, _ types: Set<String>) -> Bool {
    guard !blobTypes.isDisjoint(with: types) else { return false }
    let place = "\(container)/"
    return prefixes.isEmpty || prefixes.contains { place.hasPrefix($0) || $0.hasPrefix(place) }
  }
}
