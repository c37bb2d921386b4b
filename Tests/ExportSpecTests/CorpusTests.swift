import Diagnostics
import ExportSpec
import Testing

/// A file of the corpus and what its leading comments say of it.
///
///     # expect: 12:5 unknown key "colums" in a table     one line for each error
///     # warning: 12:5 …                                  one line for each warning
///     # schema: rejects                                  or accepts, where only the decoder can see it;
///                                                      unread, where the schema's judge would never end
///     # env: NAME=value                                  one line for each variable
struct CorpusFile {
  var name: String
  var text: String

  init(_ path: String) throws {
    name = path
    text = try Repository.text(path)
  }

  func comments(_ key: String) -> [String] {
    text.split(separator: "\n").filter { $0.hasPrefix("# \(key): ") }.map { String($0.dropFirst(key.count + 4)) }
  }

  var environment: [String: String] {
    let pairs = comments("env").map { $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false) }
    return Dictionary(uniqueKeysWithValues: pairs.map { (String($0[0]), String($0[1])) })
  }

  func decode() -> (spec: ExportSpec?, diagnostics: [Diagnostic]) {
    ExportSpec.decode(text: text, file: name, environment: environment)
  }

  static func all(_ kind: String) throws -> [CorpusFile] {
    let folder = "schemas/corpus/\(kind)"
    return try Repository.names(in: folder).map { try CorpusFile("\(folder)/\($0)") }
  }
}

extension Diagnostic {
  /// `12:5 summary`, as the corpus writes it.
  var placed: String {
    guard let start = range?.start else { return "0:0 \(summary)" }
    return "\(start.line):\(start.column) \(summary)"
  }
}

@Suite struct CorpusTests {
  @Test func `every good spec decodes, with the warnings it names`() throws {
    let files = try CorpusFile.all("good")
    #expect(files.count >= 12)
    for file in files {
      let (spec, diagnostics) = file.decode()
      #expect(spec != nil, "\(file.name)")
      #expect(diagnostics.map(\.placed) == file.comments("warning"), "\(file.name)")
    }
  }

  @Test func `every bad spec has exactly the errors and warnings it names, each in its place`() throws {
    let files = try CorpusFile.all("bad")
    #expect(files.count >= 45)
    for file in files {
      let (spec, diagnostics) = file.decode()
      #expect(spec == nil, "\(file.name)")
      #expect(!file.comments("expect").isEmpty, "\(file.name)")
      let errors = diagnostics.filter { $0.severity == .error }.map(\.placed)
      #expect(errors == file.comments("expect"), "\(file.name)")
      let warnings = diagnostics.filter { $0.severity == .warning }.map(\.placed)
      #expect(warnings == file.comments("warning"), "\(file.name)")
      #expect(["rejects", "accepts", "unread"].contains(file.comments("schema").first), "\(file.name)")
    }
  }

  @Test func `every diagnostic of a file names the file and shows its line`() throws {
    let renderer = DiagnosticRenderer()
    for file in try CorpusFile.all("bad") {
      for diagnostic in file.decode().diagnostics where diagnostic.range != nil {
        let text = renderer.render(diagnostic, source: SourceText(file.text))
        #expect(text.contains("--> \(file.name):"), "\(text)")
        #expect(diagnostic.hidesSource || text.contains("^"), "\(text)")
      }
    }
  }
}
