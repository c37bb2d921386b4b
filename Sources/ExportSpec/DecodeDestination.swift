internal import Diagnostics
internal import YAML

/// What `destination` says: the store, and how blobs look unless a table says otherwise.
struct Target {
  var destination = Destination(store: .directory("."))
  var container = Template(text: "logs-{table}")
  var path = Template(text: "y={yyyy}/m={MM}/d={dd}/h={HH}/{table}_{start}_{end}.{ext}")
  var format: OutputFormat = .ndjson
  /// Nil where the format decides.
  var compression: CompressionKind?
  var dynamic: DynamicStyle = .nested
  var nulls: NullStyle = .keep
  var parquet = ParquetForm()
}

/// A template of a container's name or a blob's path, and where it stands.
struct Template {
  var text: String
  /// Nil for a default.
  var range: SourceRange?
  /// Whether the text itself has been found wrong, and all that follows from it is idle.
  var isBroken = false
}

extension SpecDecoder {
  /// `destination`.
  mutating func destination(_ field: Field) -> Target {
    var target = Target()
    guard !field.node.isNull, let section = section(field.node, .destination) else { return target }
    let store = store(section)
    if let store { target.destination.store = store }
    target.destination.resource = section["resource"].flatMap { accountResource($0, store) }
    if let field = section["container"] { target.container = containerTemplate(field) }
    if let field = section["path"] { target.path = pathTemplate(field) }
    if let field = section["format"] { target.format = choice(field, or: .ndjson) }
    if let field = section["compression"] { target.compression = choice(field, or: .gzip) }
    if let field = section["dynamic"] { target.dynamic = choice(field, or: .nested) }
    if let field = section["nulls"] { target.nulls = choice(field, or: .keep) }
    if let field = section["parquet"] { target.parquet = parquet(field, target.parquet) }
    if let field = section["manifest"], let value = text(field) {
      checkManifest(value)
      target.destination.manifest = value.text
    }
    return target
  }

  /// Exactly one of `account`, `url` and `directory`.
  private mutating func store(_ section: Section) -> StoreLocation? {
    let given = ["account", "url", "directory"].compactMap { section[$0] }
    guard let field = given.first else {
      let start = section.range.start
      report(
        "nothing says where the archive lies",
        at: SourceRange(start: start, end: SourcePosition(line: start.line, column: start.column + 1)),
        remedy: "add one of account:, url: and directory:")
      return nil
    }
    for other in given.dropFirst() {
      report(
        "\"\(field.key)\" and \"\(other.key)\" both say where the archive lies", at: other.keyRange,
        remedy: "keep one of them")
    }
    guard let value = text(field) else { return nil }
    switch field.key {
    case "account":
      let isValid = value.text.utf8.allSatisfy { $0.isDigit || $0.isLowercase }
      if !isValid || !(3...24).contains(value.text.utf8.count) {
        report(
          "\(value.shown) is no storage account", at: value.range,
          remedy: "an account's name is 3 to 24 lower-case letters and digits; for a whole URL use url:")
      }
      return .account(value.text)
    case "url": return endpoint(value).map { .url($0) }
    default:
      let isValid = !value.text.isEmpty && !value.text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
      if !isValid { report("\(value.shown) is no directory", at: value.range) }
      return .directory(value.text)
    }
  }

  private mutating func checkManifest(_ value: SpecText) {
    if let problem = containerNameProblem(value.text) {
      report("\(value.shown) is no container's name: \(problem)", at: value.range, remedy: containerRemedy)
    } else if let problem = containerNameProblem(lockContainerName(manifest: value.text)) {
      report(
        "\(value.shown) is too long: the lock's container \"\(lockContainerName(manifest: value.text))\" is named after it, and \(problem)",
        at: value.range, remedy: "use up to 58 characters")
    }
  }

  var containerRemedy: String { "use 3 to 63 of a-z, 0-9 and single hyphens" }

  /// A container's template, `{table}` its only token.
  mutating func containerTemplate(_ field: Field) -> Template {
    guard let value = text(field) else { return Template(text: "logs-{table}", range: field.range, isBroken: true) }
    var template = Template(text: value.text, range: value.range)
    let rest = containerName(template: value.text, table: "")
    if rest.contains("{") || rest.contains("}") {
      report(
        "\(value.shown) holds something other than {table} in braces", at: value.range,
        remedy: "{table} is the only token of a container's name")
      template.isBroken = true
    } else if let problem = templateProblem(value.text) {
      report("\(value.shown) makes no container's name: \(problem)", at: value.range, remedy: containerRemedy)
      template.isBroken = true
    }
    return template
  }

  /// What is wrong whatever the table's name; its length is judged for each table.
  private func templateProblem(_ text: String) -> String? {
    guard text.contains("{table}") else { return containerNameProblem(text) }
    return containerNameProblem(containerName(template: text, table: "abc"))
  }
}
