/// What a run of `plan` or `apply` is about: two identities may share the work.
enum Scope: String, CaseIterable {
  /// Resources and slices.
  case everything
  /// Slices alone: resources are looked at, and nothing is written while they differ.
  case slices
  /// Resources alone: no slice is looked at.
  case resources

  init(_ arguments: Arguments) {
    self = arguments.value("only").flatMap(Scope.init) ?? .everything
  }
}
