package import Timeline

extension PathTemplate {
  /// The blob's path for a range of a table.
  ///
  /// - Parameters:
  ///   - extension: of the format and the compression, without a dot in front: `ndjson.gz`.
  ///   - suffix: the tool's own mark of part, shard and generation (`_p01of04_g2`),
  ///     put before `.{ext}`; empty where there is none.
  package func render(table: String, range: TimeRange, extension: String, suffix: String) -> String {
    let date = CivilDate(range.start)
    var result = ""
    var rest = Substring(text)
    while let brace = rest.firstIndex(of: "{"), let close = rest[brace...].firstIndex(of: "}") {
      result += rest[..<brace]
      let token = rest[rest.index(after: brace)..<close]
      rest = rest[rest.index(after: close)...]
      switch token {
      case "yyyy": result += pad(date.year, 4)
      case "MM": result += pad(date.month, 2)
      case "dd": result += pad(date.day, 2)
      case "HH": result += pad(date.hour, 2)
      case "mm": result += pad(date.minute, 2)
      case "ss": result += pad(date.second, 2)
      case "table": result += table
      case "start": result += range.start.basicISO8601
      case "end": result += range.end.basicISO8601
      case "ext":
        if result.hasSuffix(".") {
          result.removeLast()
          result += suffix + "." + `extension`
        } else {
          result += suffix + `extension`
        }
      default: result += "{\(token)}"
      }
    }
    return result + rest
  }
}

extension Tick {
  /// Basic ISO 8601, `20250101T000000Z`; where the tick is no whole second, with
  /// seven fraction digits, `20250101T000000.0000001Z`.
  package var basicISO8601: String {
    let date = CivilDate(self)
    var text = "\(pad(date.year, 4))\(pad(date.month, 2))\(pad(date.day, 2))"
    text += "T\(pad(date.hour, 2))\(pad(date.minute, 2))\(pad(date.second, 2))"
    if date.tick != 0 { text += ".\(pad(date.tick, 7))" }
    return text + "Z"
  }
}
