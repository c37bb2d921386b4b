/// A value that no message may show, not even within another value that is printed.
struct Secret<Value: Sendable>: Sendable {
  let value: Value

  /// A text is masked from now on wherever this process writes.
  init(_ value: Value) {
    self.value = value
    if let text = value as? String { KnownSecrets.note(text) }
  }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  var description: String { "(secret)" }
  var debugDescription: String { description }
  var customMirror: Mirror { Mirror(self, children: []) }
}
