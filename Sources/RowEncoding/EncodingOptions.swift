/// How rows are written.
package struct EncodingOptions: Sendable, Equatable {
  package var format: Format
  package var dynamic: Dynamic
  package var nulls: Nulls

  package init(format: Format, dynamic: Dynamic = .nested, nulls: Nulls = .keep) {
    self.format = format
    self.dynamic = dynamic
    self.nulls = nulls
  }

  /// The format of the output.
  package enum Format: Sendable, CaseIterable {
    /// One JSON object a line, lines ended by LF.
    case ndjson
    /// One array of objects.
    case json
    /// RFC 4180 with a header line. A null is an empty field, an empty string is `""`; under a
    /// single column a null is `""` too, since readers skip blank lines.
    case csv
  }

  /// How a `dynamic` value is written.
  package enum Dynamic: Sendable, CaseIterable {
    /// As JSON within the JSON, where its text is valid JSON; else as a string. CSV always has the text.
    case nested
    /// As the string that it came as.
    case string
  }

  /// How a null is written.
  package enum Nulls: Sendable, CaseIterable {
    /// `"Column":null`.
    case keep
    /// The member is left out. CSV has an empty field either way.
    case omit
  }
}
