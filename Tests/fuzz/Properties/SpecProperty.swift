import Diagnostics
import ExportSpec

/// Whatever a spec's text is, there is a spec or an error, and each problem has a
/// place within the text and can be shown.
func specFault(in bytes: [UInt8]) -> String? {
  let text = String(decoding: bytes, as: UTF8.self)
  let (spec, diagnostics) = ExportSpec.decode(text: text, file: "fuzz.yaml", environment: ["NAME": "value"])
  let hasErrors = diagnostics.contains { $0.severity == .error }
  guard (spec == nil) == hasErrors else { return spec == nil ? "neither a spec nor an error" : "a spec with errors" }
  let source = SourceText(text)
  let renderer = DiagnosticRenderer()
  for diagnostic in diagnostics {
    if let start = diagnostic.range?.start, !(1...source.lines.count).contains(start.line) || start.column < 1 {
      return "a problem at \(start.line):\(start.column) of \(source.lines.count) lines: \(diagnostic.summary)"
    }
    if renderer.render(diagnostic, source: source).isEmpty { return "a problem without a text" }
  }
  return nil
}
