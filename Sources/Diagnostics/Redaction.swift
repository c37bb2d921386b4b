/// A source line with the values of known secrets replaced by `*`, scalar for
/// scalar, so that columns stay where they are.
///
/// Known are a shared access signature's `sig`, a connection string's
/// `AccountKey` and `SharedAccessSignature`, and a password before the `@` of a URL.
package func redacted(_ line: some Sequence<Unicode.Scalar>) -> [Unicode.Scalar] {
  var scalars = Array(line)
  for name in ["sig=", "accountkey=", "sharedaccesssignature="] {
    for start in occurrences(of: name, in: scalars) {
      mask(&scalars, from: start + name.unicodeScalars.count) { !endsSecret($0) }
    }
  }
  for start in occurrences(of: "://", in: scalars) {
    let from = start + 3
    let end = scalars[from...].firstIndex { $0 == "/" || $0 == " " || $0 == "\"" || $0 == "'" } ?? scalars.count
    guard let at = scalars[from..<end].lastIndex(of: "@") else { continue }
    for index in from..<at { scalars[index] = "*" }
  }
  return scalars
}

/// A text with the values of known secrets replaced by `*`.
package func redacted(_ text: String) -> String {
  var view = String.UnicodeScalarView()
  view.append(contentsOf: redacted(text.unicodeScalars))
  return String(view)
}

private func endsSecret(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar {
  case "&", ";", " ", "\t", "\"", "'", ",", "}", "]": true
  default: false
  }
}

private func mask(_ scalars: inout [Unicode.Scalar], from start: Int, while holds: (Unicode.Scalar) -> Bool) {
  var index = start
  while index < scalars.count, holds(scalars[index]) {
    scalars[index] = "*"
    index += 1
  }
}

/// Where a lower-case ASCII name begins, letter case ignored.
private func occurrences(of name: String, in scalars: [Unicode.Scalar]) -> [Int] {
  let wanted = Array(name.unicodeScalars)
  guard scalars.count >= wanted.count else { return [] }
  return (0...scalars.count - wanted.count).filter { start in
    wanted.indices.allSatisfy { scalars[start + $0].properties.lowercaseMapping == String(wanted[$0]) }
  }
}
