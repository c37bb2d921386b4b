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
      switch PathToken(rawValue: String(token)) {
      case .year: result += pad(date.year, 4)
      case .month: result += pad(date.month, 2)
      case .day: result += pad(date.day, 2)
      case .hour: result += pad(date.hour, 2)
      case .minute: result += pad(date.minute, 2)
      case .second: result += pad(date.second, 2)
      case .table: result += table
      case .start: result += range.start.basicISO8601
      case .end: result += range.end.basicISO8601
      case .fileExtension:
        if result.hasSuffix(".") {
          result.removeLast()
          result += suffix + "." + `extension`
        } else {
          result += suffix + `extension`
        }
      case nil: result += "{\(token)}"
      }
    }
    return result + rest
  }
}
