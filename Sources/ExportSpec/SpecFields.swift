internal import Diagnostics
internal import YAML

/// A key of a mapping and its value.
struct Field {
  /// As written, for messages: `compression`.
  var key: String
  var keyRange: SourceRange
  var node: YAMLNode
  var range: SourceRange { node.range }
}

/// A mapping whose keys are all known.
struct Section {
  var kind: SpecSection
  /// The mapping's place.
  var range: SourceRange
  var fields: [String: Field]

  subscript(key: String) -> Field? { fields[key] }
}

/// A string out of the spec, ready for use.
struct SpecText {
  var text: String
  /// How messages show it: quoted, and as written where it came from the
  /// environment, whose values are not for everyone to see.
  var shown: String
  var range: SourceRange
  /// The scalar as written; nil where the text came from the environment.
  var written: YAMLScalar?
}

extension SpecDecoder {
  /// Reads a mapping; reports unknown keys, each with the nearest known one, and keys without a value.
  mutating func section(_ node: YAMLNode, _ kind: SpecSection, isEmptyAllowed: Bool = true) -> Section? {
    guard let mapping = node.mapping else {
      report(
        "\(kind.title) is a mapping of keys, not \(node.kind)", at: node.range,
        remedy: "its keys are \(kind.keys.joined(separator: ", "))")
      return nil
    }
    var section = Section(kind: kind, range: node.range, fields: [:])
    for pair in mapping.pairs {
      guard kind.keys.contains(pair.key) else {
        reportUnknown(pair, in: kind)
        continue
      }
      guard !pair.value.isNull else {
        // An alias or a tag that means nothing also leaves no value, and has been reported.
        if !diagnostics.contains(where: { $0.range == pair.value.range }) {
          report("\"\(pair.key)\" has no value", at: pair.keyRange, remedy: "give it one, or remove the key")
        }
        // The key is not missing, so nothing else need be said of it.
        section.fields[pair.key] = Field(key: pair.key, keyRange: pair.keyRange, node: pair.value)
        continue
      }
      section.fields[pair.key] = Field(key: pair.key, keyRange: pair.keyRange, node: pair.value)
    }
    return section
  }

  private mutating func reportUnknown(_ pair: YAMLMapping.Pair, in kind: SpecSection) {
    let remedy: String
    if let near = nearestName(to: pair.key, among: kind.keys) {
      remedy = "did you mean \"\(near)\"?"
    } else if let home = kind.otherHome(of: pair.key) {
      remedy = "it is a key of \(home.title)"
    } else {
      remedy = "known are \(kind.keys.joined(separator: ", "))"
    }
    report("unknown key \"\(pair.key)\" in \(kind.title)", at: pair.keyRange, remedy: remedy)
  }

  /// A key's field; reports where it is missing.
  mutating func require(_ section: Section, _ key: String) -> Field? {
    if let field = section[key] { return field }
    let start = section.range.start
    let place = SourceRange(start: start, end: SourcePosition(line: start.line, column: start.column + 1))
    report("\"\(key)\" is missing in \(section.kind.title)", at: place, remedy: "add \(key):")
    return nil
  }

  /// A field's string, substituted; reports anything that is not a string.
  mutating func text(_ field: Field) -> SpecText? {
    text(field.node, of: field.key)
  }

  /// A string of a list or a field.
  mutating func text(_ node: YAMLNode, of key: String) -> SpecText? {
    // A null has been reported where it stands as a value.
    guard let scalar = node.scalar else {
      report("\(key) is a string, not \(node.kind)", at: node.range)
      return nil
    }
    guard case .string(let raw) = scalar.value else {
      if scalar.value != .null {
        report("\(key) is a string, not \(scalar.value.kind)", at: node.range, remedy: "put it in quotes")
      }
      return nil
    }
    return substituted(raw, scalar, node)
  }

  /// A string scalar after substitution; nil where that failed, which is reported.
  mutating func substituted(_ raw: String, _ scalar: YAMLScalar, _ node: YAMLNode) -> SpecText? {
    let result = Substitution(raw, environment: environment)
    for problem in result.problems {
      report(
        problem.summary, at: place(in: node, offset: problem.offset, length: problem.length), remedy: problem.remedy)
    }
    guard result.problems.isEmpty else { return nil }
    return SpecText(
      text: result.text, shown: "\"\(redacted(raw))\"", range: node.range,
      written: !result.isSubstituted && result.text == raw ? scalar : nil)
  }

  /// The place of a part of a scalar; the whole scalar where the part cannot be
  /// found as it is, because of escapes or folded lines.
  func place(in node: YAMLNode, offset: Int, length: Int) -> SourceRange {
    guard let scalar = node.scalar else { return node.range }
    let before = scalar.text.unicodeScalars.prefix(offset)
    let row = before.count { $0 == "\n" }
    let column = before.reversed().prefix { $0 != "\n" }.count
    let lines = scalar.text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
    guard scalar.style != .folded, row == 0 || scalar.style == .literal, row < lines.count else { return node.range }

    var number = node.range.start.line
    var indent = node.range.start.column - 1
    if scalar.style == .literal {
      // The text begins in the line after the `|`, each line behind the same indentation.
      number += row + 1
      indent = max(0, (source.line(number)?.count ?? 0) - lines[row].count)
    } else if scalar.style != .plain {
      indent += 1
    }
    guard let line = source.line(number)?.dropFirst(indent), line.starts(with: lines[row]) else { return node.range }
    let first = indent + column + 1
    return SourceRange(
      start: SourcePosition(line: number, column: first),
      end: SourcePosition(line: number, column: first + max(1, min(length, lines[row].count - column))))
  }
}
