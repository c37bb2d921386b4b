internal import Diagnostics

extension Composer {
  /// The mapping that `event` begins, merge keys applied.
  mutating func mapping(
    _ event: YAMLEvent, _ reader: inout EventReader, depth: Int
  ) throws(YAMLSyntaxError) -> YAMLNode {
    if let tag = event.tag, tag != coreTag + "map" { reportTag(tag, at: event.range) }
    var pairs: [YAMLMapping.Pair] = []
    var merged: [YAMLNode] = []
    var lines: [String: Int] = [:]
    while true {
      let next = try reader.next()
      if case .mappingEnd = next.kind {
        let own = Set(pairs.map(\.key))
        pairs += inherited(from: merged, except: own)
        let range = SourceRange(start: event.range.start, end: next.range.end)
        return YAMLNode(content: .mapping(YAMLMapping(pairs: pairs)), range: range)
      }
      let keyNode = try node(next, &reader, depth: depth + 1)
      let value = try node(try reader.next(), &reader, depth: depth + 1)
      guard let key = keyNode.scalar else {
        report("a key is a word, not \(keyNode.kind)", at: keyNode.range)
        continue
      }
      if key.text == "<<", key.style == .plain, key.type == nil {
        merged.append(value)
      } else if let line = lines.updateValue(next.range.start.line, forKey: key.text) {
        lines[key.text] = line
        report(
          "the key \"\(key.text)\" is given twice", at: next.range, detail: "it was first given in line \(line)",
          remedy: "remove one of them")
      } else {
        pairs.append(YAMLMapping.Pair(key: key.text, keyRange: next.range, value: value))
      }
    }
  }

  /// The pairs that merge keys bring (yaml.org/type/merge.html): a mapping or a
  /// list of mappings; own keys win over merged ones, earlier mappings over later.
  private mutating func inherited(from values: [YAMLNode], except own: Set<String>) -> [YAMLMapping.Pair] {
    var taken = own
    var pairs: [YAMLMapping.Pair] = []
    for value in values {
      for source in value.sequence ?? [value] {
        guard let mapping = source.mapping else {
          report("<< merges a mapping or a list of mappings, not \(source.kind)", at: source.range)
          continue
        }
        pairs += mapping.pairs.filter { taken.insert($0.key).inserted }
      }
    }
    return pairs
  }
}
