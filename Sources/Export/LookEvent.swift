/// What happens while blobs are looked at one by one, for progress views.
package enum LookEvent: Sendable {
  /// So many more are to be looked at.
  case found(blobs: Int)
  /// One was looked at.
  case looked
}
