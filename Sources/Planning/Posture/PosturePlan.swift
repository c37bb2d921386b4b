/// What becomes of the resources: all that differs, in the order in which it is mended.
package struct PosturePlan: Sendable, Equatable {
  package var changes: [ResourceChange]
  /// What a person should know and nothing is done about, such as rules that let others in.
  package var remarks: [String]

  package init(changes: [ResourceChange] = [], remarks: [String] = []) {
    self.changes = changes
    self.remarks = remarks
  }

  /// Nothing differs.
  package static let nothing = PosturePlan()
}
