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
    var path: [UInt8] = []
    // Most paths are shorter, and none of them has to be moved meanwhile.
    path.reserveCapacity(text.utf8.count + 128)
    for piece in pieces {
      switch piece {
      case .literal(let bytes): path += bytes
      case .token(.year): path.append(date.year, width: 4)
      case .token(.month): path.append(date.month, width: 2)
      case .token(.day): path.append(date.day, width: 2)
      case .token(.hour): path.append(date.hour, width: 2)
      case .token(.minute): path.append(date.minute, width: 2)
      case .token(.second): path.append(date.second, width: 2)
      case .token(.table): path += table.utf8
      case .token(.start): path.append(basicISO8601: range.start)
      case .token(.end): path.append(basicISO8601: range.end)
      case .token(.fileExtension):
        let hasDot = path.last == UInt8(ascii: ".")
        if hasDot { path.removeLast() }
        path += suffix.utf8
        if hasDot { path.append(UInt8(ascii: ".")) }
        path += `extension`.utf8
      case .unknown(let name, _): path += "{\(name)}".utf8
      }
    }
    return String(decoding: path, as: UTF8.self)
  }
}
