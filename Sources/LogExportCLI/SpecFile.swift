internal import Compression
internal import Diagnostics
package import ExportSpec
internal import FoundationEssentials

/// The spec of a run, as it was read.
package struct SpecFile: Sendable {
  package var path: String
  package var spec: ExportSpec
  /// The process's environment, with the `.env` file's values where it has none.
  package var environment: [String: String]
  /// As it stands in the file.
  package var text: String
}

extension SpecFile {
  /// The spec's name where none is given.
  static let standard = "logexport.yaml"

  /// Reads, decodes and validates; prints every problem of the file at once.
  ///
  /// Throws with code 1 where there is any error.
  static func load(_ arguments: Arguments, environment: [String: String], console: Console) throws(CommandFailure)
    -> SpecFile
  {
    let path = arguments.value("spec") ?? standard
    guard let text = try text(of: path) else {
      throw CommandFailure(
        .error, "there is no spec at \(path)\n  Name it with --spec FILE; examples/ has some to begin with.")
    }
    let environment = try withEnvFile(arguments, beside: path, environment, console)
    let (spec, diagnostics) = ExportSpec.decode(text: text, file: path, environment: environment)
    console.report(diagnostics, source: SourceText(text))
    guard let spec else {
      let count = diagnostics.count { $0.severity == .error }
      throw CommandFailure(.error, "\(path) has \(Quantity.of(count, "problem"))")
    }
    return SpecFile(path: path, spec: spec, environment: environment, text: text)
  }

  /// `sha256:` and the SHA-256 of the spec's values, whatever its comments and layout.
  var hash: String { "sha256:" + Digest.sha256(ExportSpec.canonicalText(of: text, environment: environment)) }

  /// A `.env` never overrides the environment.
  private static func withEnvFile(
    _ arguments: Arguments, beside path: String, _ environment: [String: String], _ console: Console
  ) throws(CommandFailure) -> [String: String] {
    let named = arguments.value("env-file")
    let file =
      named ?? path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
      + (path.contains("/") ? "/.env" : ".env")
    guard let text = try text(of: file) else {
      if let named { throw CommandFailure(.error, "there is no file \(named)") }
      return environment
    }
    let dotEnv = DotEnv.parse(text, file: file)
    console.report(dotEnv.diagnostics, source: SourceText(text))
    if dotEnv.diagnostics.hasErrors { throw CommandFailure(.error, "\(file) cannot be read") }
    return dotEnv.values.merging(environment) { _, given in given }
  }

  private static func text(of path: String) throws(CommandFailure) -> String? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    guard let data = InputFile.contents(of: path) else {
      throw CommandFailure(.error, "\(path) cannot be read")
    }
    guard let text = String(bytes: data, encoding: .utf8) else {
      throw CommandFailure(.error, "\(path) is not UTF-8")
    }
    return text
  }

  /// The tables that `--table` selects, all where it is absent.
  func selected(_ arguments: Arguments) throws(CommandFailure) -> [TableSpec] {
    let globs = arguments.all("table")
    for glob in globs where !spec.tables.contains(where: { matches($0.name, glob: glob) }) {
      let near = nearestName(to: glob, among: spec.tables.map(\.name)).map { "; did you mean '\($0)'?" } ?? ""
      throw CommandFailure(
        .usage,
        "--table '\(glob)' selects no table\(near)\n  The spec has \(spec.tables.map(\.name).joined(separator: ", ")).")
    }
    return globs.isEmpty
      ? spec.tables : spec.tables.filter { table in globs.contains { matches(table.name, glob: $0) } }
  }
}
