internal import Diagnostics

/// Builds nodes out of events: follows aliases, applies merge keys, refuses
/// duplicate keys, and keeps what a hostile file can ask for within bounds.
struct Composer {
  let file: String
  private(set) var diagnostics: [Diagnostic] = []
  /// Finished anchors with the number of nodes that each stands for.
  private var anchors: [String: (node: YAMLNode, size: Int)] = [:]
  /// Anchors whose nodes are still being read.
  private var open: Set<String> = []
  /// Nodes made so far, those behind aliases counted at every use.
  private var count = 0

  init(file: String) {
    self.file = file
  }

  /// Nodes that a document may have once its aliases are followed; stops the
  /// "billion laughs", where each anchor holds several of the one before.
  static let maximumNodes = 100_000
  /// Levels of nesting.
  static let maximumDepth = 64

  /// Adds an error.
  mutating func report(_ summary: String, at range: SourceRange, detail: String? = nil, remedy: String? = nil) {
    diagnostics.append(Diagnostic(.error, summary, detail: detail, remedy: remedy, file: file, range: range))
  }
}

extension Composer {
  /// The document's root; nil for an empty text.
  mutating func document(_ reader: inout EventReader) throws(YAMLSyntaxError) -> YAMLNode? {
    var root: YAMLNode?
    var documents = 0
    while true {
      let event = try reader.next()
      switch event.kind {
      case .streamEnd: return root
      case .documentStart:
        documents += 1
        guard documents == 1 else {
          report(
            "a second document begins here", at: event.range,
            remedy: "put each document in a file of its own")
          return root
        }
        root = try node(try reader.next(), &reader, depth: 0)
      default: break
      }
    }
  }

  /// The node that `event` begins.
  mutating func node(_ event: YAMLEvent, _ reader: inout EventReader, depth: Int) throws(YAMLSyntaxError) -> YAMLNode {
    let before = count
    try add(1, at: event.range)
    guard depth < Self.maximumDepth else {
      throw YAMLSyntaxError(problem: "more than \(Self.maximumDepth) levels of nesting", place: event.range.start)
    }
    if let anchor = event.anchor { open.insert(anchor) }
    let result: YAMLNode
    switch event.kind {
    case .alias(let name): return try follow(name, at: event.range)
    case .scalar(let text, let style): result = scalar(text, style, event)
    case .sequenceStart: result = try sequence(event, &reader, depth: depth)
    default: result = try mapping(event, &reader, depth: depth)
    }
    if let anchor = event.anchor {
      open.remove(anchor)
      anchors[anchor] = (result, count - before)
    }
    return result
  }

  private mutating func add(_ nodes: Int, at range: SourceRange) throws(YAMLSyntaxError) {
    count += nodes
    guard count <= Self.maximumNodes else {
      throw YAMLSyntaxError(
        problem: "more than \(Self.maximumNodes) values once aliases are followed", place: range.start)
    }
  }

  private mutating func follow(_ name: String, at range: SourceRange) throws(YAMLSyntaxError) -> YAMLNode {
    if let anchor = anchors[name], !open.contains(name) {
      try add(anchor.size, at: range)
      return anchor.node
    }
    if open.contains(name) {
      report("*\(name) stands within its own anchor", at: range)
    } else {
      let near = nearestName(to: name, among: anchors.keys.sorted())
      report(
        "no anchor &\(name) stands before this alias", at: range,
        remedy: near.map { "did you mean *\($0)?" } ?? "define it with &\(name), or quote the value if * is meant")
    }
    // A null in its place lets the rest of the file be judged.
    return YAMLNode(content: .scalar(YAMLScalar(text: "")), range: range)
  }

  private mutating func scalar(_ text: String, _ style: YAMLScalar.Style, _ event: YAMLEvent) -> YAMLNode {
    var scalar = YAMLScalar(text: text, style: style)
    if let tag = event.tag {
      let name = tag.hasPrefix(coreTag) ? String(tag.dropFirst(coreTag.count)) : tag
      // `!` alone says: a string, whatever it looks like.
      scalar.type = tag == "!" ? .string : YAMLScalar.ExplicitType(rawValue: name)
      if scalar.type == nil && name != "merge" {
        reportTag(tag, at: event.range)
        scalar = YAMLScalar(text: "")
      } else if !scalar.agreesWithTag {
        report("the value does not agree with its tag !!\(name)", at: event.range)
        scalar = YAMLScalar(text: "")
      }
    }
    return YAMLNode(content: .scalar(scalar), range: event.range)
  }

  private mutating func sequence(
    _ event: YAMLEvent, _ reader: inout EventReader, depth: Int
  ) throws(YAMLSyntaxError) -> YAMLNode {
    if let tag = event.tag, tag != coreTag + "seq" { reportTag(tag, at: event.range) }
    var items: [YAMLNode] = []
    while true {
      let next = try reader.next()
      if case .sequenceEnd = next.kind {
        let range = SourceRange(start: event.range.start, end: next.range.end)
        return YAMLNode(content: .sequence(items), range: range)
      }
      items.append(try node(next, &reader, depth: depth + 1))
    }
  }

  /// Adds an error about a tag that means nothing here.
  mutating func reportTag(_ tag: String, at range: SourceRange) {
    let shown = tag.hasPrefix(coreTag) ? "!!" + tag.dropFirst(coreTag.count) : tag
    report("unknown tag \(shown)", at: range, remedy: "remove it: the value's own text says what it is")
  }
}

/// The prefix behind `!!`.
let coreTag = "tag:yaml.org,2002:"
