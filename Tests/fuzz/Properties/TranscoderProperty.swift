import RowEncoding

/// A response is encoded the same however it is cut into chunks, and what comes
/// out is well-formed: text in UTF-8, a line for each row, JSON on each line.
func transcoderFault(in bytes: [UInt8]) -> String? {
  let cuts = Cuts(of: bytes)
  for format in [EncodingOptions.Format.ndjson, .json, .csv] {
    for dynamic in [EncodingOptions.Dynamic.nested, .string] {
      let options = EncodingOptions(format: format, dynamic: dynamic, nulls: cuts.isOdd ? .keep : .omit)
      let whole = encoded([bytes], options)
      let cut = encoded(cuts.chunks, options)
      guard whole == cut else {
        return
          "\(format), \(dynamic): in one chunk \(whole.outcome), in chunks of \(cuts.chunks.map(\.count)) \(cut.outcome)"
      }
      guard case .success(let summary) = whole.outcome else { continue }
      guard String(validating: whole.output, as: UTF8.self) != nil else { return "\(format), \(dynamic): no UTF-8" }
      if format == .ndjson, let fault = lineFault(whole.output, rows: summary.rows, isTable: !summary.columns.isEmpty) {
        return "\(dynamic): \(fault)"
      }
    }
  }
  return nil
}

/// What an encoder did: its output up to the end or to the error, and either of them.
private struct Encoded: Equatable {
  var output: [UInt8]
  var outcome: Result<ResponseSummary, Problem>

  /// An error by what it says.
  struct Problem: Error, Equatable { var text: String }
}

private func encoded(_ chunks: [[UInt8]], _ options: EncodingOptions) -> Encoded {
  var encoder = RowEncoder(options)
  var output: [UInt8] = []
  do throws(RowEncodingError) {
    for chunk in chunks { try encoder.feed(chunk, into: &output) }
    let summary = try encoder.finish(into: &output)
    return Encoded(output: output, outcome: .success(summary))
  } catch {
    return Encoded(output: output, outcome: .failure(Encoded.Problem(text: "\(error)")))
  }
}

/// Each line is an object: as the only value of a row it passes the encoder itself.
private func lineFault(_ output: [UInt8], rows: Int, isTable: Bool) -> String? {
  let lines = output.split(separator: 0x0A, omittingEmptySubsequences: false)
  guard lines.count == rows + 1, lines.last?.isEmpty == true else {
    return "\(rows) rows, \(lines.count - 1) lines"
  }
  guard isTable else { return nil }
  var response = Array(#"{"tables":[{"columns":[{"name":"line","type":"dynamic"}],"rows":["#.utf8)
  for (index, line) in lines.dropLast().enumerated() {
    guard line.first == 0x7B, line.last == 0x7D else { return "line \(index + 1) is no object" }
    response += (index > 0 ? ",[" : "[").utf8
    response += line
    response.append(0x5D)
  }
  response += "]}]}".utf8
  let again = encoded([response], EncodingOptions(format: .ndjson, dynamic: .nested, nulls: .keep))
  guard case .success(let summary) = again.outcome, summary.rows == rows else {
    return "the lines are no JSON: \(again.outcome)"
  }
  return nil
}

/// Where bytes are cut into chunks: by chance, but the same for the same bytes.
private struct Cuts {
  var chunks: [[UInt8]] = []
  var isOdd: Bool

  init(of bytes: [UInt8]) {
    // FNV-1a seeds a multiplicative generator.
    var state = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 } | 1
    isOdd = state >> 33 & 1 == 1
    // One byte at a time for some, longer chunks for others.
    let longest = [1, 4, 16, 64][Int(state >> 40 & 3)]
    var start = 0
    while start < bytes.count {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let end = min(bytes.count, start + 1 + Int(state >> 33) % longest)
      chunks.append(Array(bytes[start..<end]))
      start = end
    }
  }
}
