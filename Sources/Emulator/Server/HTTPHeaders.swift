/// Header fields in the order they came, found whatever their case.
package struct HTTPHeaders: Sendable {
  /// One field.
  package struct Field: Sendable {
    /// Lower case.
    package var name: String
    /// As sent: metadata keeps the case of its names.
    package var written: String
    package var value: String
  }

  package private(set) var fields: [Field] = []

  /// No fields.
  package init() {}

  /// The first value of a field, whose name is given in lower case.
  package subscript(name: String) -> String? {
    fields.first { $0.name == name }?.value
  }

  /// Adds a field.
  package mutating func append(_ name: String, _ value: String) {
    fields.append(Field(name: name.lowercased(), written: name, value: value))
  }

  /// All fields whose name starts with `prefix`, which must be lower case.
  package func withPrefix(_ prefix: String) -> [Field] {
    fields.filter { $0.name.hasPrefix(prefix) }
  }
}
