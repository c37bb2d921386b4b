/// Whether a name is an identifier: a letter or `_`, then letters, digits or `_`, ASCII only.
///
/// Table and column names of a workspace are of this form; nothing else from a
/// spec reaches a query as a name.
package func isIdentifier(_ name: String) -> Bool {
  guard let first = name.utf8.first, !first.isDigit else { return false }
  return name.utf8.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: "_") }
}

/// A name in KQL's bracket form, `['Name']`, so that it is never read as a keyword.
///
/// Quotes and backslashes are escaped as in a KQL string, though no identifier holds any.
package func quotedIdentifier(_ name: String) -> String {
  var quoted = "['"
  for scalar in name.unicodeScalars {
    if scalar == "'" || scalar == "\\" { quoted += "\\" }
    quoted.unicodeScalars.append(scalar)
  }
  return quoted + "']"
}
