/// A path of Resource Manager, taken apart:
/// `/subscriptions/S/resourceGroups/G/providers/NAMESPACE/TYPE/NAME/…`. All but
/// names compare without case, and so do names.
struct ResourcePath: Sendable {
  /// The resource that an extension resource belongs to, or the path itself up
  /// to its provider: a subscription, a group or another resource. No trailing
  /// slash.
  let scope: String
  let subscription: String?
  let group: String?
  /// Lower case: `microsoft.storage/storageaccounts/blobservices/containers`.
  let kind: String
  /// The names between the types; one fewer than types where the path ends in
  /// a collection or an action.
  let names: [String]
  /// How many types `kind` has.
  private let depth: Int

  /// Reads the segments of a request target.
  init(_ segments: [String]) {
    let segments = segments.filter { !$0.isEmpty }
    func after(_ word: String) -> String? {
      segments.firstIndex { $0.lowercased() == word }.flatMap { $0 + 1 < segments.count ? segments[$0 + 1] : nil }
    }
    subscription = segments.first?.lowercased() == "subscriptions" ? after("subscriptions") : nil
    group = after("resourcegroups")
    // The last provider is the one asked: extension resources hang on others.
    guard let provider = segments.lastIndex(where: { $0.lowercased() == "providers" }), provider + 1 < segments.count
    else {
      (scope, kind, names, depth) = ("/" + segments.joined(separator: "/"), "", [], 0)
      return
    }
    scope = segments[..<provider].isEmpty ? "" : "/" + segments[..<provider].joined(separator: "/")
    var types = [segments[provider + 1].lowercased()]
    var names: [String] = []
    for (index, segment) in segments[(provider + 2)...].enumerated() {
      if index.isMultiple(of: 2) { types.append(segment.lowercased()) } else { names.append(segment) }
    }
    kind = types.joined(separator: "/")
    depth = types.count - 1
    self.names = names
  }

  /// Whether the path ends in a type: a collection, or an action.
  var isCollection: Bool { names.count < depth }
}

/// Identifiers of resources, written as Resource Manager writes them.
enum ResourceID {
  /// The only subscription there is.
  static let subscription = "44444444-4444-4444-8444-444444444444"
  /// The only resource group there is.
  static let group = "emulator"
  /// Where everything lies.
  static let location = "westeurope"

  /// A resource of the group, by type and name.
  static func make(_ type: String, _ name: String) -> String {
    "/subscriptions/\(subscription)/resourceGroups/\(group)/providers/\(type)/\(name)"
  }

  /// What identifiers compare by.
  static func key(_ id: String) -> String {
    var text = id.lowercased()
    while text.hasSuffix("/") { text.removeLast() }
    return text
  }

  /// Whether `scope` is `id` or holds it.
  static func holds(_ scope: String, _ id: String) -> Bool {
    let (outer, inner) = (key(scope), key(id))
    return outer == inner || inner.hasPrefix(outer + "/")
  }
}
