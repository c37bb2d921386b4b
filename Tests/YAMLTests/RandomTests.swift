import Diagnostics
import TestSupport
import Testing
import YAML

@Suite struct RandomTests {
  @Test func `any tree written as JSON is read as it was`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    for _ in 0..<200 {
      let text = tree(&random, depth: 0)
      let document = read(text)
      #expect(document.diagnostics.isEmpty, "seed \(seed): \(text)")
      #expect(document.root.map(outline) == text, "seed \(seed)")
    }
  }

  @Test func `no text whatever breaks the reader, and each problem has a place within it`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    let words = [
      "a", "b: ", ": ", "- ", "\n", "\n  ", "\t", "&x ", "*x", "<<: ", "[", "]", "{", "}", ",", "\"", "'", "|\n",
      ">-\n",
      "# ", "? ", "---", "---\n", "...\n", "!!int ", "!t ", "%YAML 1.2\n", "\u{85}", "é", "\u{2028}", "\0", "\u{FEFF}",
      "日",
    ]
    for _ in 0..<3000 {
      let text = (0..<Int.random(in: 0..<24, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }
        .joined()
      let source = SourceText(text)
      for diagnostic in read(text).diagnostics {
        guard let start = diagnostic.range?.start else { continue }
        #expect(start.line >= 1 && start.line <= source.lines.count, "seed \(seed): \(jsonString(text))")
        #expect(start.column >= 1, "seed \(seed): \(jsonString(text))")
      }
    }
  }

  private func tree(_ random: inout SplitMix64, depth: Int) -> String {
    switch Int.random(in: 0..<(depth < 5 ? 7 : 5), using: &random) {
    case 0: return "null"
    case 1: return Bool.random(using: &random) ? "true" : "false"
    case 2: return "\(Int.random(in: Int.min...Int.max, using: &random))"
    case 3, 4:
      let alphabet = Array("ab 1:-#{}[]\\\"',\n\té日&*!|>%@`")
      let text = String(
        (0..<Int.random(in: 0..<9, using: &random)).compactMap { _ in alphabet.randomElement(using: &random) })
      return jsonString(text)
    case 5:
      let items = (0..<Int.random(in: 0..<4, using: &random)).map { _ in tree(&random, depth: depth + 1) }
      return "[\(items.joined(separator: ","))]"
    default:
      let pairs = (0..<Int.random(in: 0..<4, using: &random)).map { "\"k\($0)\":\(tree(&random, depth: depth + 1))" }
      return "{\(pairs.joined(separator: ","))}"
    }
  }
}
