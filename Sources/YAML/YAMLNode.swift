package import Diagnostics

/// A value of a YAML document and the place where it stands.
///
/// Aliases are already followed and merge keys applied; a node reached through
/// an alias keeps the place of its anchor, where its text stands.
package struct YAMLNode: Sendable {
  package var content: Content
  package var range: SourceRange

  package init(content: Content, range: SourceRange) {
    self.content = content
    self.range = range
  }

  /// What a node is.
  package enum Content: Sendable {
    case scalar(YAMLScalar)
    case sequence([YAMLNode])
    case mapping(YAMLMapping)
  }
}

/// The pairs of a mapping in the order of the file, keys unique.
package struct YAMLMapping: Sendable {
  package var pairs: [Pair]

  package init(pairs: [Pair] = []) {
    self.pairs = pairs
  }

  /// A key, which is always a scalar, and its value.
  package struct Pair: Sendable {
    package var key: String
    package var keyRange: SourceRange
    package var value: YAMLNode

    package init(key: String, keyRange: SourceRange, value: YAMLNode) {
      self.key = key
      self.keyRange = keyRange
      self.value = value
    }
  }

  /// The value of a key; nil where there is none. O(n).
  package subscript(key: String) -> YAMLNode? {
    pairs.first { $0.key == key }?.value
  }
}

extension YAMLNode {
  package var scalar: YAMLScalar? {
    if case .scalar(let scalar) = content { scalar } else { nil }
  }

  package var sequence: [YAMLNode]? {
    if case .sequence(let items) = content { items } else { nil }
  }

  package var mapping: YAMLMapping? {
    if case .mapping(let mapping) = content { mapping } else { nil }
  }

  /// Whether the node is a null, written out or left empty.
  package var isNull: Bool { scalar?.value == .null }

  /// What the node is, for messages: `a list`, `a mapping`, `a number`.
  package var kind: String {
    switch content {
    case .sequence: "a list"
    case .mapping: "a mapping"
    case .scalar(let scalar): scalar.value.kind
    }
  }
}
