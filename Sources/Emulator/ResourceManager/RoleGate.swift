import FoundationEssentials
import Synchronization

/// Asks for role assignments before data is reached, where the command line
/// wants it. A grant may take its time, counted in requests that it is still
/// refused, so that no test waits.
final class RoleGate: Sendable {
  private let store: ResourceStore
  private let isEnforced: Bool
  private let delay: Int
  /// Refusals so far by the assignment that would have let the request in.
  private let refused = Mutex<[String: Int]>([:])

  /// `delay` is how many requests an assignment refuses before it acts.
  init(_ store: ResourceStore, isEnforced: Bool, delay: Int) {
    self.store = store
    self.isEnforced = isEnforced
    self.delay = delay
  }

  /// Whether the bearer of a valid token may do this at a resource.
  func admits(_ token: String, _ power: BuiltInRole.Power, at id: String) -> Bool {
    guard isEnforced else { return true }
    guard let principal = Self.principal(of: token) else { return false }
    let grants = store.all.values.filter { document in
      document.type == ResourceManager.assignmentType
        && document.properties["principalId"]?.string?.lowercased() == principal
        && ResourceID.holds(document.properties["scope"]?.string ?? "/", id)
        && BuiltInRole.named(document.properties["roleDefinitionId"]?.string ?? "")?.powers.contains(power) == true
    }
    // The ETag names this very assignment: one made anew takes its time again.
    return refused.withLock { refused in
      var isAdmitted = false
      for grant in grants {
        if refused[grant.etag, default: 0] >= delay { isAdmitted = true } else { refused[grant.etag, default: 0] += 1 }
      }
      return isAdmitted
    }
  }

  private struct Subject: Decodable {
    /// The principal's object id.
    var oid: String
  }

  /// The principal of a token whose signature was checked, lower case.
  private static func principal(of token: String) -> String? {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let body = Base64.decode(parts[1]),
      // Text that this process signed decodes.
      let subject = try? JSONDecoder().decode(Subject.self, from: Data(body))
    else { return nil }
    return subject.oid.lowercased()
  }
}
