/// Whether a name is an identifier: a letter or `_`, then letters, digits or `_`, ASCII only.
///
/// Table and column names of a workspace are of this form; nothing else from a
/// spec reaches a query as a name.
package func isIdentifier(_ name: String) -> Bool {
  var first = true
  for byte in name.utf8 {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"): break
    case UInt8(ascii: "0")...UInt8(ascii: "9"): if first { return false }
    default: return false
    }
    first = false
  }
  return !first
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
