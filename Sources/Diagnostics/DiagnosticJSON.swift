extension Diagnostic {
  /// One JSON object on one line, members without a value left out:
  ///
  ///     {"severity":"error","summary":"…","detail":"…","remedy":"…","file":"…",
  ///      "range":{"start":{"line":1,"column":1},"end":{"line":1,"column":5}}}
  package var json: String {
    var members = [
      "\"severity\":\(jsonString(severity.rawValue))",
      "\"summary\":\(jsonString(summary))",
    ]
    if let detail { members.append("\"detail\":\(jsonString(detail))") }
    if let remedy { members.append("\"remedy\":\(jsonString(remedy))") }
    if let file { members.append("\"file\":\(jsonString(file))") }
    if let range {
      members.append("\"range\":{\"start\":\(Self.json(range.start)),\"end\":\(Self.json(range.end))}")
    }
    return "{\(members.joined(separator: ","))}"
  }

  private static func json(_ position: SourcePosition) -> String {
    "{\"line\":\(position.line),\"column\":\(position.column)}"
  }
}

/// A JSON string literal (RFC 8259, section 7), quotes included.
package func jsonString(_ text: String) -> String {
  let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
  if isPlain { return "\"\(text)\"" }
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    default:
      // The control characters, and the two line ends that JavaScript stumbles over.
      if scalar.value < 0x20 || scalar.value == 0x7F || scalar.value == 0x2028 || scalar.value == 0x2029 {
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
  }
  return result + "\""
}
