internal import Azure
internal import Export
internal import ExportSpec
internal import Planning
internal import Timeline

/// What is known of the resources when a page is made.
enum ResourceSight: Sendable {
  /// The spec declares nothing that could be read.
  case unknown
  /// `--no-resources`.
  case leftOut
  /// What was read, and when by the wall clock: `--as-of` does not set back what a resource is.
  case read(ResourceLook, at: Tick)

  /// What was seen, against what a spec declares; nil where nothing was read.
  func posture(_ spec: ExportSpec) -> ObservedPosture? {
    guard case .read(let look, let time) = self else { return nil }
    return ObservedPosture(plan: PosturePlanner.plan(spec, look.state), look: look, at: time)
  }
}

/// A spec's posture as it was found.
struct ObservedPosture {
  var plan: PosturePlan
  var look: ResourceLook
  var at: Tick

  /// What differs. What could not be read the planner takes for a difference without a before and an after.
  var differing: [ResourceChange] { plan.changes.filter { $0.before != nil || $0.after != nil } }

  /// What could not be read, and why, in a steady order; for the same reason only once.
  var unread: [(part: ResourcePart, error: ResourceError)] {
    var told: Set<String> = []
    return ResourcePart.allCases.compactMap { part in
      look.unread[part].flatMap { told.insert($0.message).inserted ? (part, $0) : nil }
    }
  }

  /// The providers that were asked, each with the version of its interface.
  var interfaces: [String] {
    let state = look.state
    let isRead: [(Bool, String, ResourceManagerClient.Version)] = [
      (
        state.account != nil || state.blobService != nil || state.lifecycle != nil || state.containers != nil,
        "Microsoft.Storage", .storage
      ),
      (state.virtualNetwork != nil || state.securityGroup != nil, "Microsoft.Network", .network),
      (state.grants != nil, "Microsoft.Authorization", .authorization),
    ]
    return isRead.filter(\.0).map { "\($0.1) \($0.2.rawValue)" }
  }

  /// What is said of a declared property, and the class that it is shown in.
  func verdict(_ property: String) -> (kind: String, text: String) {
    if !Self.parts(property).isDisjoint(with: look.unread.keys) { return ("warn", "not verified") }
    let differs = differing.contains { change in
      change.property == property || Self.isDeep(property) && change.property.hasPrefix(property + ".")
        || property == "retention.immutableFor" && change.property == "retention.locked"
    }
    if differs { return ("bad", "differs") }
    if property == "retention.immutableFor", !plan.unchecked.isEmpty { return ("warn", "not there yet") }
    return ("good", "as declared")
  }

  /// Whether what lies below a property is said with it. Below `retention` stand properties of their own.
  private static func isDeep(_ property: String) -> Bool { property == "network.virtualNetwork" }

  /// What must be read to know of a property.
  private static func parts(_ property: String) -> Set<ResourcePart> {
    switch property {
    case "retention": [.lifecycle]
    case "retention.softDelete": [.blobService]
    case "retention.immutableFor": [.containers]
    case "access": [.grants]
    case "network.virtualNetwork": [.virtualNetwork, .securityGroup]
    case "network.anonymousAccess": [.account, .containers]
    default: [.account]
    }
  }
}

extension ResourcePart {
  /// What it is, for people.
  var title: String {
    switch self {
    case .account: "The storage account"
    case .blobService: "Its soft delete"
    case .lifecycle: "Its lifecycle rules"
    case .containers: "Its containers"
    case .virtualNetwork: "The job’s network"
    case .securityGroup: "The network’s security group"
    case .grants: "Assignments of roles"
    }
  }
}
