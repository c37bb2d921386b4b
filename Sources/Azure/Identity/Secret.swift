internal import CLibCrypto

/// A value that no message may show, not even within another value that is printed.
///
/// It has no `==`, which would tell by its time how much of a guess is right, and no
/// coding, hashing or literal: whoever needs the value says `revealed`.
package struct Secret<Value: Sendable>: Sendable {
  /// The value itself, for the one place that sends or signs with it.
  package let revealed: Value

  /// A text is masked from now on wherever this process writes.
  package init(_ value: Value) {
    revealed = value
    if let text = value as? String { KnownSecrets.note(text) }
  }
}

extension Secret<String> {
  /// Whether both are the same, in a time that depends on their lengths alone (`CRYPTO_memcmp`).
  package func matches(_ other: Secret<String>) -> Bool {
    let (own, others) = (Array(revealed.utf8), Array(other.revealed.utf8))
    return own.count == others.count && CRYPTO_memcmp(own, others, own.count) == 0
  }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "(secret)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
