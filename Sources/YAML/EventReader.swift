internal import CLibYAML
internal import Diagnostics

/// The fence around libyaml: events out of a text.
///
/// libyaml's parser keeps pointers into itself and into its input, so both are
/// allocated here and freed together.
struct EventReader: ~Copyable {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let input: UnsafeMutableBufferPointer<UInt8>
  /// Behind the last character of the text.
  private let end: SourcePosition

  /// Starts a parse of UTF-8 (`yaml_parser_initialize`, `yaml_parser_set_input_string`).
  ///
  /// - Throws: where libyaml has no memory for a parser.
  init(_ text: String) throws(YAMLSyntaxError) {
    input = .allocate(capacity: max(1, text.utf8.count))
    _ = input.initialize(from: text.utf8)
    parser = .allocate(capacity: 1)
    end = SourceText(text).end
    guard yaml_parser_initialize(parser) == 1 else {
      // The struct's deinit does not run when its initialiser throws.
      parser.deallocate()
      input.deallocate()
      throw YAMLSyntaxError(problem: "out of memory", place: SourcePosition(line: 1, column: 1))
    }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, input.baseAddress, text.utf8.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    input.deallocate()
  }
}

extension EventReader {
  /// The next event (`yaml_parser_parse`).
  mutating func next() throws(YAMLSyntaxError) -> YAMLEvent {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
    defer { yaml_event_delete(&event) }
    var result = YAMLEvent(
      kind: .streamEnd,
      range: SourceRange(start: position(event.start_mark), end: position(event.end_mark)))
    switch event.type {
    case YAML_STREAM_START_EVENT: result.kind = .streamStart
    case YAML_DOCUMENT_START_EVENT: result.kind = .documentStart
    case YAML_DOCUMENT_END_EVENT: result.kind = .documentEnd
    case YAML_ALIAS_EVENT: result.kind = .alias(Self.text(event.data.alias.anchor) ?? "")
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      result.anchor = Self.text(scalar.anchor)
      result.tag = Self.text(scalar.tag)
      let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      result.kind = .scalar(text: String(decoding: bytes, as: UTF8.self), style: Self.style(scalar.style))
    case YAML_SEQUENCE_START_EVENT:
      result.anchor = Self.text(event.data.sequence_start.anchor)
      result.tag = Self.text(event.data.sequence_start.tag)
      result.kind = .sequenceStart
    case YAML_SEQUENCE_END_EVENT: result.kind = .sequenceEnd
    case YAML_MAPPING_START_EVENT:
      result.anchor = Self.text(event.data.mapping_start.anchor)
      result.tag = Self.text(event.data.mapping_start.tag)
      result.kind = .mappingStart
    case YAML_MAPPING_END_EVENT: result.kind = .mappingEnd
    default: result.kind = .streamEnd
    }
    return result
  }

  private static func style(_ style: yaml_scalar_style_t) -> YAMLScalar.Style {
    switch style {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
    case YAML_LITERAL_SCALAR_STYLE: .literal
    case YAML_FOLDED_SCALAR_STYLE: .folded
    default: .plain
    }
  }

  private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    pointer.map { String(cString: $0) }
  }

  /// libyaml counts lines and columns from 0, columns in code points; where a text does not end in a line
  /// break, it has its end on a line of its own.
  private func position(_ mark: yaml_mark_t) -> SourcePosition {
    let line = Int(mark.line) + 1
    return line > end.line ? end : SourcePosition(line: line, column: Int(mark.column) + 1)
  }

  private func failure() -> YAMLSyntaxError {
    let state = parser.pointee
    let problem = state.problem.map { "not valid YAML: \(String(cString: $0))" } ?? "out of memory"
    // The reader knows no marks, only the offset of the byte that it cannot take.
    guard state.error != YAML_READER_ERROR else {
      return YAMLSyntaxError(problem: problem, place: place(ofByte: Int(state.problem_offset)))
    }
    let context = state.context.map { String(cString: $0) }
    return YAMLSyntaxError(
      problem: problem, place: position(state.problem_mark), context: context,
      contextPlace: context == nil ? nil : position(state.context_mark))
  }

  private func place(ofByte offset: Int) -> SourcePosition {
    SourceText(String(decoding: input.prefix(offset), as: UTF8.self)).end
  }
}
