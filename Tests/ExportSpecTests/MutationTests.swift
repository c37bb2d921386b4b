import Diagnostics
import ExportSpec
import TestSupport
import Testing

@Suite struct MutationTests {
  @Test func `however a spec is damaged, the outcome is a spec or an error`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    let files = try CorpusFile.all("good") + CorpusFile.all("bad").filter { !$0.name.contains("bomb") }
    for _ in 0..<2500 {
      guard let file = files.randomElement(using: &random) else { continue }
      let text = damaged(file.text, files, &random)
      let (spec, diagnostics) = ExportSpec.decode(text: text, file: "t.yaml", environment: file.environment)
      #expect((spec == nil) == diagnostics.hasErrors, "seed \(seed): \(jsonString(text))")
      if let spec { #expect(!spec.tables.isEmpty, "seed \(seed): \(jsonString(text))") }
      _ = DiagnosticRenderer().render(diagnostics, source: SourceText(text))
    }
  }

  private func damaged(_ text: String, _ files: [CorpusFile], _ random: inout SplitMix64) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let index = Int.random(in: lines.indices, using: &random)
      var scalars = Array(lines[index].unicodeScalars)
      let at = Int.random(in: 0...scalars.count, using: &random)
      switch Int.random(in: 0..<7, using: &random) {
      case 0: lines.remove(at: index)
      case 1: lines.insert(lines.randomElement(using: &random) ?? "", at: index)
      case 2:
        let other = files.randomElement(using: &random)?.text.split(separator: "\n") ?? []
        lines[index] = other.randomElement(using: &random).map(String.init) ?? ""
      case 3: if at < scalars.count { scalars.remove(at: at) }
      case 4:
        scalars.insert(
          contentsOf: "{}[]:,&*!|>'\"%@`#-?$ \t\0é".unicodeScalars.randomElement(using: &random).map { [$0] } ?? [],
          at: at)
      case 5: scalars = Array(scalars.prefix(at))
      default: scalars.insert(" ", at: 0)
      }
      if lines.isEmpty { return "" }
      if index < lines.count, !scalars.isEmpty, String(String.UnicodeScalarView(scalars)) != lines[index],
        Bool.random(using: &random)
      {
        lines[index] = String(String.UnicodeScalarView(scalars))
      }
    }
    return lines.joined(separator: "\n")
  }
}
