internal import Diagnostics
internal import Timeline
internal import YAML

extension SpecDecoder {
  /// The longest name of a blob, in characters ("Naming and Referencing Containers, Blobs, and Metadata").
  private static let longestName = 1024
  /// Room for the tool's marks of part, shard and generation.
  private static let longestSuffix = 48
  /// The longest name of a file, in bytes (Linux, `NAME_MAX` is 255), with room for a sidecar's mark.
  private static let longestFile = 240
  /// Azure's limit of path segments in a blob's name.
  private static let mostSegments = 254

  /// A path template whose form is right; whether it keeps slices apart is judged for each table's width.
  mutating func pathTemplate(_ field: Field) -> Template {
    guard let value = text(field) else { return Template(text: "{start}.{ext}", range: field.range, isBroken: true) }
    let before = diagnostics.count
    let template = PathTemplate(text: value.text)
    if let offset = template.strayBrace {
      report(
        "a brace has no partner", at: spot(value, field.node, offset, 1),
        remedy: "tokens look like {yyyy}; a path holds no other braces")
      return Template(text: value.text, range: value.range, isBroken: true)
    }
    let tokens = PathToken.allCases.map(\.rawValue)
    for case .unknown(let name, let offset) in template.pieces {
      let near =
        tokens.first { $0.lowercased() == name.lowercased() } ?? nearestName(to: name, among: tokens)
      report(
        "unknown token {\(name)}", at: spot(value, field.node, offset, name.unicodeScalars.count + 2),
        remedy: near.map { "did you mean {\($0)}?" }
          ?? "known are \(tokens.map { "{\($0)}" }.joined(separator: " "))")
    }
    if !value.text.hasSuffix(".{ext}") {
      report(
        "the path does not end in .{ext}", at: value.range, remedy: "end it in .{ext}: the extension tells the format")
    } else if template.count(of: .fileExtension) > 1 {
      report("{ext} stands twice", at: value.range, remedy: "keep the one at the end")
    }
    checkSegments(value)
    return Template(text: value.text, range: value.range, isBroken: diagnostics.count > before)
  }

  private func spot(_ value: SpecText, _ node: YAMLNode, _ offset: Int, _ length: Int) -> SourceRange {
    value.written == nil ? value.range : place(in: node, offset: offset, length: length)
  }

  private mutating func checkSegments(_ value: SpecText) {
    if value.text.contains("\\") {
      report("the path holds a backslash", at: value.range, remedy: "separate folders by /")
    }
    if value.text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
      report("the path holds a control character", at: value.range, remedy: "remove it")
    }
    let segments = value.text.split(separator: "/", omittingEmptySubsequences: false)
    if value.text.hasPrefix("/") {
      report("the path begins with /", at: value.range, remedy: "a path begins within its container")
    } else if segments.contains("") {
      report("the path has an empty segment", at: value.range, remedy: "write one / between two folders")
    }
    if segments.contains("..") || segments.contains(".") {
      report("the path has a segment . or ..", at: value.range, remedy: "name every folder")
    } else if segments.contains(where: { $0.hasSuffix(".") }) {
      report("a segment of the path ends in a dot, which Azure drops", at: value.range, remedy: "remove the dot")
    }
    if segments.count > Self.mostSegments {
      report("the path has more than \(Self.mostSegments) segments", at: value.range)
    }
  }

  /// Judges a template for one table: its slices' names must differ, and fit.
  mutating func checkPath(
    _ path: Template, table: String, grid: SliceGrid, store: StoreLocation, at range: SourceRange
  ) {
    guard !path.isBroken else { return }
    let template = PathTemplate(text: path.text)
    // Ticks beyond the second give the longest `{start}` and `{end}`.
    let sample = TimeRange(.latest - .tick, .latest)
    let suffix = String(repeating: "x", count: Self.longestSuffix)
    let name = template.render(table: table, range: sample, extension: "ndjson.gz", suffix: suffix)
    if name.unicodeScalars.count > Self.longestName {
      report(
        "the path grows to \(name.unicodeScalars.count) characters for \(table)", at: range,
        remedy: "a blob's name has at most \(Self.longestName)")
    }
    if case .directory = store { checkFiles(name, table: table, at: range) }
    if let missing = missingTokens(template, grid) {
      report(
        "slices of \(grid.width) would share a path", at: range,
        detail: "nothing in \"\(path.text)\" tells two slices apart: \(missing) is missing",
        remedy: "put {start} into the path")
    }
  }

  /// What a directory cannot hold: too long a name, and one that the store keeps for itself.
  private mutating func checkFiles(_ name: String, table: String, at range: SourceRange) {
    let segments = name.split(separator: "/")
    if let part = segments.first(where: { $0.utf8.count > Self.longestFile }) {
      report(
        "a segment of the path grows to \(part.utf8.count) bytes for \(table)", at: range,
        remedy: "in a directory a segment has at most \(Self.longestFile)")
    }
    if segments.contains(".logexport") {
      report(
        "the folder .logexport is kept for the directory's own records", at: range, remedy: "name another folder")
    }
  }

  /// What a path needs besides what it has, so that any two slices differ; nil where nothing.
  ///
  /// `{start}` and `{end}` each tell any two slices apart, as slices do not
  /// overlap. So do date and time down to a step no longer than the slice.
  private func missingTokens(_ template: PathTemplate, _ grid: SliceGrid) -> String? {
    if template.contains(.start) || template.contains(.end) { return nil }
    if grid.width < .second { return "{start}" }
    var needed: [PathToken] = [.year, .month, .day]
    if grid.width < .day { needed.append(.hour) }
    if grid.width < .hour { needed.append(.minute) }
    if grid.width < .minute { needed.append(.second) }
    let missing = needed.filter { !template.contains($0) }
    return missing.isEmpty ? nil : missing.map { "{\($0.rawValue)}" }.joined(separator: " ")
  }
}
