package import ExportSpec
package import Planning

/// The resources that a spec is about, behind Resource Manager or a stand-in for it.
package protocol ResourceStore: Sendable {
  /// Reads what the spec declares anything of in some parts, as far as it can be read.
  func look(_ spec: ExportSpec, _ parts: Set<ResourcePart>) async -> ResourceLook
  /// Does one step, merged into what is there, under its ETag where the service has one.
  func perform(_ step: ResourceStep, _ spec: ExportSpec) async throws(ResourceError)
  /// The network rules as they stand, to be restored as they were.
  func networkRules(_ spec: ExportSpec) async throws(ResourceError) -> NetworkRulesSnapshot
  /// Takes a change of the network rules back to what they were before it; what others have added since stays.
  ///
  /// Where somebody has taken out since what it made of them, they are left as they are.
  func undo(
    _ change: NetworkRulesChange, to before: NetworkRulesSnapshot, _ spec: ExportSpec
  ) async throws(ResourceError) -> RulesUndoing
  /// What the workspace says of its tables, by name; nil where the spec names no workspace resource.
  func tables(_ spec: ExportSpec) async throws(ResourceError) -> [String: TableFacts]?
}

/// `networkAcls` of an account as the service wrote it, parts included that a spec cannot declare.
package struct NetworkRulesSnapshot: Sendable, Equatable {
  /// JSON.
  package var text: String
  /// What a person types to put them back.
  package var command: String

  package init(text: String, command: String) {
    self.text = text
    self.command = command
  }
}

/// What became of network rules that were to be put back.
package enum RulesUndoing: Sendable, Equatable {
  /// They are as they were before, as far as this run had changed them.
  case done
  /// Somebody else has rewritten them.
  case left
}

/// A request to Resource Manager that failed for good.
package struct ResourceError: Error, Sendable {
  package var code: Code
  /// What was attempted, on what, and what the service said, in one line.
  package var message: String
  package var requestID: String?

  package init(_ code: Code, _ message: String, requestID: String? = nil) {
    self.code = code
    self.message = message
    self.requestID = requestID
  }

  /// The kinds of failure; callers decide by this alone.
  package enum Code: Sendable, Equatable {
    /// 401 or 403.
    case denied
    case notFound
    /// 409: a policy or the resource's state forbids it.
    case refused
    /// What is there is not what was planned for.
    case stale
    /// 412: somebody else changed it since it was read.
    case changed
    case unavailable
    case unreachable
    case hostNotAllowed
    case cancelled
    /// 400, or an answer that is none of this service.
    case invalid
  }
}

extension ResourceError: CustomStringConvertible {
  package var description: String { message + (requestID.map { " (request \($0))" } ?? "") }
}
