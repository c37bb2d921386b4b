package import Diagnostics
internal import Timeline
internal import YAML

extension ExportSpec {
  /// Decodes and validates a spec; all problems of the file at once, in its order.
  ///
  /// - Parameters:
  ///   - text: the YAML.
  ///   - file: its name, for messages.
  ///   - environment: what `${env:NAME}` means, a `.env` file already merged in.
  /// - Returns: a spec, or at least one error; warnings may come with either.
  package static func decode(
    text: String, file: String, environment: [String: String]
  ) -> (spec: ExportSpec?, diagnostics: [Diagnostic]) {
    let document = YAMLDocument.parse(text, file: file)
    var decoder = SpecDecoder(file: file, source: SourceText(text), environment: environment)
    decoder.diagnostics = document.diagnostics
    var spec: ExportSpec?
    if let root = document.root {
      spec = decoder.spec(root)
    } else if !document.diagnostics.hasErrors {
      decoder.diagnostics.append(
        Diagnostic(.error, "the file is empty", remedy: "begin with version: 1", file: file))
    }
    let diagnostics = decoder.diagnostics.inOrder()
    return (diagnostics.hasErrors ? nil : spec, diagnostics)
  }
}

/// Reads a spec out of nodes and collects what is wrong.
///
/// A reader of a value that cannot be used reports it and hands back a stand-in,
/// so that the rest of the file is judged as well; once anything is reported, no
/// spec comes out.
struct SpecDecoder {
  let file: String
  let source: SourceText
  let environment: [String: String]
  var diagnostics: [Diagnostic] = []
}

extension SpecDecoder {
  /// Adds an error.
  mutating func report(
    _ summary: String, at range: SourceRange, detail: String? = nil, remedy: String? = nil, hidesSource: Bool = false
  ) {
    diagnostics.append(
      Diagnostic(
        .error, summary, detail: detail, remedy: remedy, file: file, range: range, hidesSource: hidesSource))
  }

  /// Adds a warning.
  mutating func warn(_ summary: String, at range: SourceRange, remedy: String? = nil) {
    diagnostics.append(Diagnostic(.warning, summary, remedy: remedy, file: file, range: range))
  }

  /// The whole file; nil where its version is not known, as then no key can be judged.
  mutating func spec(_ root: YAMLNode) -> ExportSpec? {
    guard let mapping = root.mapping else {
      report("a spec is a mapping of keys, not \(root.kind)", at: root.range, remedy: "begin with version: 1")
      return nil
    }
    guard version(mapping, root) else { return nil }
    guard let top = section(root, .spec) else { return nil }

    let name = require(top, "name").map { self.name($0) } ?? ""
    let source = require(top, "source").map { self.source($0) } ?? Source(workspace: "")
    let window = top["range"].map { self.window($0) } ?? Window()
    let limits = top["limits"].map { self.limits($0) } ?? ResponseLimits()
    let target = require(top, "destination").map { destination($0) } ?? Target()
    let onChange = top["onChange"].map { choice($0, or: ChangePolicy.keep) } ?? .keep
    let tables = require(top, "tables").map { self.tables($0, window, target) } ?? []
    let retention = top["retention"].map { self.retention($0) }
    let network = top["network"].map { self.network($0) }
    let access = top["access"].flatMap { self.access($0) }
    checkPosture(top, target.destination.store)
    return ExportSpec(
      name: name, source: source, limits: limits, destination: target.destination, onChange: onChange,
      tables: tables, retention: retention, network: network, access: access)
  }

  /// Whether the file is of a version that this program reads.
  private mutating func version(_ mapping: YAMLMapping, _ root: YAMLNode) -> Bool {
    guard let node = mapping["version"] else {
      let near = nearestName(to: "version", among: mapping.pairs.map(\.key))
      let pair = mapping.pairs.first { $0.key == near }
      report(
        "\"version\" is missing", at: pair?.keyRange ?? SourceRange(start: root.range.start, end: root.range.start),
        remedy: pair.map { "did you mean \"version\" instead of \"\($0.key)\"?" } ?? "begin the file with version: 1")
      return false
    }
    if node.scalar?.value == .int(1) { return true }
    if case .int(let number?) = node.scalar?.value {
      report("version \(number) is not known", at: node.range, remedy: "this program reads version 1")
    } else {
      report("version is the number 1, not \(node.kind)", at: node.range, remedy: "write version: 1")
    }
    return false
  }

  private mutating func name(_ field: Field) -> String {
    guard let value = text(field) else { return "" }
    let bytes = value.text.utf8
    let isName =
      bytes.count <= 64 && bytes.first?.isLetterOrDigit == true
      && bytes.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    if !isName {
      report(
        "\(value.shown) is no name for an archive", at: value.range,
        remedy: "use up to 64 letters, digits, - and _, beginning with a letter or a digit")
    }
    return value.text
  }
}
