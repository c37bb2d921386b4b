/// The text of a string scalar after `${env:…}` and `$$` are replaced.
struct Substitution {
  var text: String
  /// Whether anything came from the environment or a default.
  var isSubstituted = false
  var problems: [Problem] = []

  struct Problem: Equatable {
    var summary: String
    var remedy: String?
    /// In the raw text, counted in Unicode scalars.
    var offset: Int
    var length: Int
  }

  /// Replaces, in one pass, so that no value is looked at again:
  ///
  /// - `${env:NAME}`: the variable; a problem where it is unset;
  /// - `${env:NAME:-default}`: the default where it is unset or empty;
  /// - `$$`: one `$`. Any other `$` stands for itself, but not `${`.
  init(_ raw: String, environment: [String: String]) {
    text = ""
    let scalars = Array(raw.unicodeScalars)
    var index = 0
    while index < scalars.count {
      guard scalars[index] == "$", index + 1 < scalars.count, scalars[index + 1] == "$" || scalars[index + 1] == "{"
      else {
        text.unicodeScalars.append(scalars[index])
        index += 1
        continue
      }
      if scalars[index + 1] == "$" {
        text += "$"
        index += 2
        continue
      }
      let close = scalars[index...].firstIndex(of: "}")
      let end = close.map { $0 + 1 } ?? scalars.count
      if close == nil {
        problems.append(
          Problem(summary: "${ has no closing }", remedy: "write $${ for a literal ${", offset: index, length: 2))
      } else {
        var body = String.UnicodeScalarView()
        body.append(contentsOf: scalars[(index + 2)..<(end - 1)])
        replace(String(body), environment, offset: index, length: end - index)
      }
      index = end
    }
  }

  private mutating func replace(_ body: String, _ environment: [String: String], offset: Int, length: Int) {
    isSubstituted = true
    func problem(_ summary: String, _ remedy: String?) -> Problem {
      Problem(summary: summary, remedy: remedy, offset: offset, length: length)
    }
    guard !body.hasPrefix("keyvault:") else {
      problems.append(
        problem(
          "a secret of a key vault stands in no spec: no key of it takes one",
          "write ${\(body)} as the value of AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PASSWORD, AZURE_STORAGE_KEY, "
            + "AZURE_STORAGE_SAS_TOKEN or AZURE_STORAGE_CONNECTION_STRING, in the environment or .env"))
      return
    }
    guard body.hasPrefix("env:") else {
      problems.append(
        problem("only ${env:NAME} is replaced, not ${\(body)}", "write $${ for a literal ${, or ${env:\(body)}"))
      return
    }
    let inner = body.dropFirst(4)
    let name = String(inner.prefix { $0 != ":" })
    let rest = inner.dropFirst(name.count)
    guard isIdentifier(name), rest.isEmpty || rest.hasPrefix(":-") else {
      problems.append(
        problem("\"\(inner)\" is no variable's name", "write ${env:NAME} or ${env:NAME:-default}"))
      return
    }
    guard !namesSecret(name) else {
      problems.append(
        problem(
          "the variable \(name) holds a secret, and no key of the spec takes one",
          "remove it here: credentials are read from the environment directly"))
      return
    }
    let value = environment[name]
    if rest.isEmpty {
      if value == nil {
        problems.append(
          problem(
            "the environment variable \(name) is not set",
            "set it, or give a default: ${env:\(name):-default}"))
      }
      text += value ?? ""
    } else if let value, !value.isEmpty {
      text += value
    } else {
      text += rest.dropFirst(2)
    }
  }
}

/// Whether an environment variable's name says that it holds a secret.
package func namesSecret(_ name: String) -> Bool {
  let upper = name.uppercased()
  return upper.contains("SECRET") || upper.contains("PASSWORD") || upper.contains("CONNECTION_STRING")
    || upper.hasSuffix("_KEY") || upper.hasSuffix("TOKEN") || upper == "IDENTITY_HEADER"
    // The URL of a proxy may have a password; NO_PROXY is a list of hosts.
    || upper.hasSuffix("_PROXY") && upper != "NO_PROXY"
}
