/// A failed call of a compression library.
package struct CompressionError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The C function.
  package var function: String
  package var message: String

  package init(function: String, message: String) {
    self.function = function
    self.message = message
  }

  package var description: String { "\(function): \(message)" }
}
