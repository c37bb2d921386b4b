/// The two kinds of Resource Manager ids that a spec names.
enum ResourceKind {
  case workspace, subnet

  /// The provider and the types behind `/subscriptions/{guid}/resourceGroups/{name}/providers/`.
  var types: [String] {
    switch self {
    case .workspace: ["Microsoft.OperationalInsights", "workspaces"]
    case .subnet: ["Microsoft.Network", "virtualNetworks", "subnets"]
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
        guard !segment.isEmpty, segment.utf8.allSatisfy(Self.isNameByte) else { return false }
      }
    }
    return true
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "("), UInt8(ascii: ")"): true
    default: false
    }
  }
}

/// Whether a text is a GUID: 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12.
func isGUID(_ text: String) -> Bool {
  let groups = text.split(separator: "-", omittingEmptySubsequences: false)
  guard groups.map({ $0.utf8.count }) == [8, 4, 4, 4, 12] else { return false }
  return groups.allSatisfy { group in
    group.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x46).contains($0) || (0x61...0x66).contains($0) }
  }
}
