/// A container's name for a table: `{table}` becomes the table's name, lower-cased, `_` as `-`.
package func containerName(template: String, table: String) -> String {
  let name = String(table.lowercased().map { $0 == "_" ? "-" : $0 })
  var result = ""
  var rest = Substring(template)
  while let brace = rest.firstIndex(of: "{") {
    result += rest[..<brace]
    guard rest[brace...].hasPrefix("{table}") else {
      result += "{"
      rest = rest[rest.index(after: brace)...]
      continue
    }
    result += name
    rest = rest[brace...].dropFirst("{table}".count)
  }
  return result + rest
}

/// Why Azure would refuse a container's name; nil where it is valid.
///
/// 3 to 63 of a-z, 0-9 and hyphens, each hyphen between two of the others
/// ("Naming and Referencing Containers, Blobs, and Metadata").
package func containerNameProblem(_ name: String) -> String? {
  let bytes = Array(name.utf8)
  func isAlphanumeric(_ byte: UInt8) -> Bool { byte.isLowercase || byte.isDigit }
  guard (3...63).contains(bytes.count) else { return "it has \(name.count) characters, not 3 to 63" }
  guard bytes.allSatisfy({ isAlphanumeric($0) || $0 == UInt8(ascii: "-") }) else {
    return "only a-z, 0-9 and hyphens are allowed"
  }
  guard isAlphanumeric(bytes[0]), isAlphanumeric(bytes[bytes.count - 1]) else {
    return "it must begin and end with a letter or a digit"
  }
  guard !name.contains("--") else { return "two hyphens stand together" }
  return nil
}

/// The container in which the lock of a manifest lies, which has no policies.
package func lockContainerName(manifest: String) -> String { manifest + "-lock" }
