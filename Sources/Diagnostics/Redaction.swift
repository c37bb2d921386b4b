/// A source line with the values of known secrets replaced by `*`, scalar for
/// scalar, so that columns stay where they are.
///
/// Known are a shared access signature's `sig`, a connection string's `SharedAccessSignature`, a
/// password before the `@` of a URL, and whatever is given to a name that sounds like a secret's,
/// as in `accountKey: …` or `AccountKey=…`, unless it only refers to a variable.
package func redacted(_ line: some Sequence<Unicode.Scalar>) -> [Unicode.Scalar] {
  var scalars = Array(line)
  for name in ["sig=", "sharedaccesssignature="] {
    for start in occurrences(of: name, in: scalars) {
      mask(&scalars, from: start + name.unicodeScalars.count) { !endsSecret($0) }
    }
  }
  for index in scalars.indices where (scalars[index] == ":" || scalars[index] == "=") && namesSecret(scalars[..<index])
  {
    maskValue(&scalars, behind: index)
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

/// What the name of a secret holds, in lower case.
private let secretWords = ["key", "secret", "password", "token", "sas", "credential", "connectionstring"]

/// Whether a text ends with a name, in quotes or not, that sounds like a secret's.
private func namesSecret(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
  let end = text.lastIndex { !isBlank($0) && $0 != "\"" && $0 != "'" }.map { $0 + 1 } ?? text.startIndex
  var name = ""
  for scalar in text[..<end].reversed() {
    if scalar == "_" || scalar == "-" { continue }
    guard scalar.properties.isAlphabetic || scalar.properties.numericType != nil else { break }
    name.unicodeScalars.append(scalar)
  }
  name = String(name.lowercased().reversed())
  return secretWords.contains { name.contains($0) }
}

/// Masks what follows the `:` or `=` at `mark`: to the closing quote, else behind `:` to the end of the
/// line. A comparison of KQL, a token of a path and a reference to a variable give nothing away.
private func maskValue(_ scalars: inout [Unicode.Scalar], behind mark: Int) {
  let isAssignment = scalars[mark] == "="
  guard var start = scalars[(mark + 1)...].firstIndex(where: { !isBlank($0) }) else { return }
  if isAssignment, scalars[mark + 1] == "=" || scalars[mark + 1] == "~" { return }
  let quote = scalars[start] == "\"" || scalars[start] == "'" ? scalars[start] : nil
  if quote != nil { start += 1 }
  let value = scalars[start...]
  if value.first == "{" || value.starts(with: "${env:".unicodeScalars) { return }
  var isEscaped = false
  mask(&scalars, from: start) { scalar in
    defer { isEscaped = quote == "\"" && scalar == "\\" && !isEscaped }
    guard let quote else { return !isAssignment || !endsSecret(scalar) }
    return scalar != quote || isEscaped
  }
}

private func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }

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
