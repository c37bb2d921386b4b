internal import Diagnostics
internal import YAML

extension SpecDecoder {
  /// What `retention`, `network` and `access` need of the rest of the spec: ids, through which resources are read.
  mutating func checkPosture(_ top: Section, _ store: StoreLocation) {
    let retention = top["retention"]
    let network = top["network"]
    let access = top["access"]
    if case .directory = store {
      if let retention {
        warn(
          "a directory has no policies: retention only tells which slices are expired", at: retention.keyRange,
          remedy: "delete files by other means, or remove all but deleteAfter")
      }
      for field in [network, access].compactMap(\.self) {
        report("a directory has no \(field.key)", at: field.keyRange, remedy: "remove \(field.key)")
      }
      return
    }
    if isMissing("resource", in: top["destination"]) {
      for field in [network, access].compactMap(\.self) {
        report(
          "\(field.key) is declared without destination.resource", at: field.keyRange,
          detail: "the storage account is read and changed through its Resource Manager id",
          remedy: "add to destination  resource: \(ResourceKind.storageAccount.pattern)")
      }
      if let retention {
        warn(
          "without destination.resource, retention only tells which slices are expired", at: retention.keyRange,
          remedy: "add to destination  resource: \(ResourceKind.storageAccount.pattern)")
      }
    }
    if let access, isMissing("resource", in: top["source"]) {
      report(
        "access is declared without source.resource", at: access.keyRange,
        detail: "the right to read is granted on the workspace",
        remedy: "add to source  resource: \(ResourceKind.workspace.pattern)")
    }
  }

  /// Whether a section that is there lacks a key; one that is wrong has been reported.
  private func isMissing(_ key: String, in field: Field?) -> Bool {
    guard let mapping = field?.node.mapping else { return false }
    return mapping[key] == nil
  }

  /// The storage account's id, which must be of the account that the store names.
  mutating func accountResource(_ field: Field, _ store: StoreLocation?) -> String? {
    guard let value = text(field), let id = resourceID(value, .storageAccount) else { return nil }
    let name = resourceName(id).lowercased()
    switch store {
    case .account(let account) where account != name:
      report(
        "the resource is not the account that \"account\" names", at: value.range,
        remedy: "name the same account in both")
    case .url(let url):
      if let account = accountName(url), account != name {
        report(
          "the resource is not the account that \"url\" names", at: value.range, remedy: "name the same account in both"
        )
      }
    case .directory:
      report("a directory has no resource", at: field.keyRange, remedy: "remove the key")
    default: break
    }
    return id
  }

  /// The account of a blob service's URL: the path where there is one, as emulators have it, else the host's first
  /// label; nil for a domain of one's own.
  private func accountName(_ url: String) -> String? {
    let parts = url.split(separator: "/").dropFirst()
    guard let host = parts.first, let last = parts.last else { return nil }
    if parts.count > 1 { return last.lowercased() }
    let labels = host.split(separator: ".")
    return labels.count > 2 && labels[1] == "blob" ? labels[0].lowercased() : nil
  }
}
