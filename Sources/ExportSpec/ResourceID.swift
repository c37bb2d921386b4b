/// The kinds of Resource Manager ids that a spec names.
enum ResourceKind {
  case workspace, storageAccount, virtualNetwork, subnet, securityGroup

  /// How messages name it.
  var title: String {
    switch self {
    case .workspace: "workspace"
    case .storageAccount: "storage account"
    case .virtualNetwork: "virtual network"
    case .subnet: "subnet"
    case .securityGroup: "network security group"
    }
  }

  /// The provider and the types behind `/subscriptions/{guid}/resourceGroups/{name}/providers/`.
  var types: [String] {
    switch self {
    case .workspace: ["Microsoft.OperationalInsights", "workspaces"]
    case .storageAccount: ["Microsoft.Storage", "storageAccounts"]
    case .virtualNetwork: ["Microsoft.Network", "virtualNetworks"]
    case .subnet: ["Microsoft.Network", "virtualNetworks", "subnets"]
    case .securityGroup: ["Microsoft.Network", "networkSecurityGroups"]
    }
  }

  /// What an id looks like.
  var pattern: String {
    let names = types.dropFirst().map { "\($0)/NAME" }.joined(separator: "/")
    return "/subscriptions/GUID/resourceGroups/NAME/providers/\(types[0])/\(names)"
  }

  /// Whether a text is an id of this kind. Resource Manager ignores letter case
  /// in the fixed words; names hold letters, digits and `-_.()`.
  func matches(_ text: String) -> Bool {
    let segments = text.split(separator: "/", omittingEmptySubsequences: false)
    var expected: [String?] = ["", "subscriptions", nil, "resourcegroups", nil, "providers", types[0].lowercased()]
    for type in types.dropFirst() { expected += [type.lowercased(), nil] }
    guard segments.count == expected.count else { return false }
    for (index, (segment, word)) in zip(segments, expected).enumerated() {
      if let word {
        guard segment.lowercased() == word else { return false }
      } else if index == 2 {
        guard isGUID(String(segment)) else { return false }
      } else {
        // What a proxy takes for a step up is no name.
        guard !segment.isEmpty, segment != ".", segment != "..", segment.utf8.allSatisfy(Self.isNameByte) else {
          return false
        }
      }
    }
    return true
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    byte.isLetterOrDigit || "-_.()".utf8.contains(byte)
  }
}

/// Whether a text is a GUID: 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12.
func isGUID(_ text: String) -> Bool {
  let groups = text.split(separator: "-", omittingEmptySubsequences: false)
  guard groups.map({ $0.utf8.count }) == [8, 4, 4, 4, 12] else { return false }
  return groups.allSatisfy { $0.utf8.allSatisfy(\.isHexDigit) }
}

/// The name of the resource that a Resource Manager id is of: its last segment.
package func resourceName(_ id: String) -> String {
  String(id[(id.lastIndex(of: "/").map(id.index(after:)) ?? id.startIndex)...])
}
