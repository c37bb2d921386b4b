/// A failed call of a compression library.
package struct CompressionError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The C function.
  package var function: String
  package var message: String

  package init(function: String, message: String) {
    self.function = function
    self.message = message
  }

  /// A stream behind whose end there is something else.
  static func followed(_ function: String) -> CompressionError {
    CompressionError(function: function, message: "the stream has ended, and other bytes follow it")
  }

  package var description: String { "\(function): \(message)" }
}
