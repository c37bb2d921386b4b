internal import ExportSpec

/// The account's own properties and its network rules.
extension PosturePlanner {
  mutating func account() {
    guard let network = spec.network else { return }
    guard let account = state.account else { return noteUnread(accountTitle, "network") }
    flag("network.anonymousAccess", account.anonymousAccess, network.anonymousAccess, opensWhen: true) {
      .anonymousAccess($0)
    }
    // Versions are of one digit each, so their texts compare as they do. A stricter account is as good.
    if account.minTls < network.minTls {
      note(accountTitle, "network.minTls", account.minTls, network.minTls, step: .minTls(network.minTls))
    }
    flag("network.httpsOnly", account.httpsOnly, network.httpsOnly, opensWhen: false) { .httpsOnly($0) }
    if let sharedKey = network.sharedKey { keys(account.sharedKey, sharedKey) }
    rules(network, account)
  }

  /// Keys are not shut off by a run that itself signs with one: all that it wrote from then on would be refused.
  private mutating func keys(_ before: Bool, _ after: Bool) {
    guard !after, before, let storageKey else {
      return flag("network.sharedKey", before, after, opensWhen: true) { .sharedKey($0) }
    }
    note(
      accountTitle, "network.sharedKey", "\(before)", "\(after)", step: nil,
      remark:
        "This run signs with \(storageKey), which the account would refuse from then on: unset it, and use an identity of Microsoft Entra ID that has the role Storage Blob Data Contributor."
    )
  }

  /// A property of two values, of which what is not known differs; `opensWhen` is the one that lets in more.
  private mutating func flag(
    _ property: String, _ before: Bool?, _ after: Bool, opensWhen: Bool, _ step: (Bool) -> ResourceStep
  ) {
    guard before != after else { return }
    note(
      accountTitle, property, before.map { "\($0)" }, "\(after)", warnings: after == opensWhen ? [.widens] : [],
      step: step(after))
  }

  private mutating func rules(_ network: NetworkPolicy, _ account: AccountState) {
    let before = account.rules
    // While everyone is let in, a rule opens nothing.
    let widening: Set<ResourceChange.Warning> = before.defaultAction == .deny ? [.widens] : []
    let ips = RuleList(before.addresses, network.addresses) { IPv4Range($0).map(\.description) ?? $0 }
    let subnets = RuleList(before.subnets, network.subnets) { $0.lowercased() }
    for address in ips.missing {
      note(
        accountTitle, "network.allow.ips", nil, address, warnings: widening,
        step: .networkRules(NetworkRulesChange(addAddresses: [address])))
    }
    for subnet in subnets.missing {
      note(
        accountTitle, "network.allow.subnets", nil, subnet, warnings: widening,
        step: .networkRules(NetworkRulesChange(addSubnets: [subnet])))
    }
    if let bypass = network.bypass, bypass != before.bypass {
      note(
        accountTitle, "network.bypass", bypassText(before.bypass), bypassText(bypass),
        warnings: bypass.isSubset(of: before.bypass) ? [] : widening,
        step: .networkRules(NetworkRulesChange(bypass: bypass)))
    }
    if let action = network.defaultAction, action != before.defaultAction {
      note(
        accountTitle, "network.default", before.defaultAction.rawValue, action.rawValue,
        warnings: action == .allow ? [.widens] : [], step: .networkRules(NetworkRulesChange(defaultAction: action)))
    }
    others(network, ips, subnets, beyond: before.others)
    guard account.publicNetworkAccess != "Enabled" else { return }
    plan.closure = closure(account.publicNetworkAccess)
    if network.defaultAction == .deny {
      plan.remarks.append(
        "\(accountTitle): public network access is \(account.publicNetworkAccess), so that the rules of network.allow do not apply."
      )
    }
  }

  /// What `publicNetworkAccess` says, which this program does not change: who set it knows another way in.
  private func closure(_ access: String) -> String {
    let (who, remedy) =
      access == "SecuredByPerimeter"
      ? (
        "only its network security perimeter decides who reaches it", "Let the job in by the perimeter's access rules"
      ) : ("only private endpoints reach it", "Run this where a private endpoint of the account is reached")
    let id = spec.destination.resource ?? "ID"
    return """
      public network access of \(accountTitle) is \(access): \(who), whatever network.allow says
        \(remedy), or open it to its network rules: az storage account update --ids \(id) --public-network-access Enabled
      """
  }

  /// Rules that the spec does not name.
  private mutating func others(
    _ network: NetworkPolicy, _ ips: RuleList, _ subnets: RuleList, beyond: [String]
  ) {
    if network.defaultAction == .deny, !beyond.isEmpty {
      plan.remarks.append(
        "\(accountTitle) also lets in \(beyond.joined(separator: ", ")), by rules that no spec can declare; kept.")
    }
    switch network.others {
    case .remove:
      for address in ips.others {
        note(
          accountTitle, "network.allow.ips", address, nil,
          step: .networkRules(NetworkRulesChange(removeAddresses: [address])))
      }
      for subnet in subnets.others {
        note(
          accountTitle, "network.allow.subnets", subnet, nil,
          step: .networkRules(NetworkRulesChange(removeSubnets: [subnet])))
      }
    case .keep:
      let others = ips.others + subnets.others.map { "subnet \(resourceName($0))" }
      guard network.defaultAction == .deny, !others.isEmpty else { return }
      plan.remarks.append(
        "\(accountTitle) also lets in \(others.joined(separator: ", ")), which the spec does not name; kept (network.allow.others)."
      )
    }
  }

  private func bypassText(_ services: Set<BypassedService>) -> String {
    services.isEmpty ? "none" : services.map(\.rawValue).sorted().joined(separator: ", ")
  }
}

/// Rules of one kind, compared without regard to their spelling.
private struct RuleList {
  /// Declared and not there.
  var missing: [String]
  /// There, as the account spells them, and not declared.
  var others: [String]

  init(_ present: [String], _ declared: [String]?, _ key: (String) -> String) {
    let presentKeys = Set(present.map(key))
    let declaredKeys = Set((declared ?? []).map(key))
    missing = (declared ?? []).filter { !presentKeys.contains(key($0)) }
    others = present.filter { !declaredKeys.contains(key($0)) }
  }
}
