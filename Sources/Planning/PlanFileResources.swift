package import ExportSpec

extension PlanFile {
  /// What differs of a resource, as it is written down and approved.
  package struct Resource: Sendable, Equatable {
    /// For people: `storage account stsocarchive`.
    package var resource: String
    /// As a spec names it: `network.minTls`.
    package var property: String
    /// What is there, and what is declared; nil for nothing.
    package var before: String?
    package var after: String?
    package var warnings: Set<ResourceChange.Warning>
    package var mode: PostureMode
    /// Whether applying the plan mends it; else it stands in the way of applying anything.
    package var isChanged: Bool
    package var remark: String?

    package init(
      resource: String, property: String, before: String?, after: String?,
      warnings: Set<ResourceChange.Warning> = [], mode: PostureMode = .enforce, isChanged: Bool = true,
      remark: String? = nil
    ) {
      self.resource = resource
      self.property = property
      self.before = before
      self.after = after
      self.warnings = warnings
      self.mode = mode
      self.isChanged = isChanged
      self.remark = remark
    }

    package init(_ change: ResourceChange) {
      self.init(
        resource: change.resource, property: change.property, before: change.before, after: change.after,
        warnings: change.warnings, mode: change.mode, isChanged: change.step != nil, remark: change.remark)
    }
  }
}

extension PlanFile.Resource {
  /// Whether a change comes to what this one comes to; what was there before may have changed meanwhile.
  func isOfSame(as change: ResourceChange) -> Bool {
    resource == change.resource && property == change.property && after == change.after
      && (after != nil || before == change.before)
  }

  /// Whether whoever approved this has approved the change, and all that it brings with it.
  func allows(_ change: ResourceChange) -> Bool {
    isChanged && isOfSame(as: change) && change.warnings.isSubset(of: warnings)
  }
}
