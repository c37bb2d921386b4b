internal import Diagnostics

/// One step of a parse, as libyaml reports it.
struct YAMLEvent {
  var kind: Kind
  var range: SourceRange
  /// The name behind `&`, where the node has one.
  var anchor: String?
  /// The resolved tag, where the node has one that decides its type.
  var tag: String?

  /// What an event is.
  enum Kind {
    case streamStart, streamEnd, documentStart, documentEnd
    case alias(String)
    case scalar(text: String, style: YAMLScalar.Style)
    case sequenceStart, sequenceEnd, mappingStart, mappingEnd
  }
}

/// A text that is no YAML: what libyaml says about it, and where.
struct YAMLSyntaxError: Error {
  var problem: String
  var place: SourcePosition
  /// What was being read, and where that began.
  var context: String?
  var contextPlace: SourcePosition?
}
