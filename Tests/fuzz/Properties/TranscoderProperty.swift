import RowEncoding

/// A response is encoded the same however it is cut into chunks, and what comes
/// out is well-formed: text in UTF-8, a line for each row, JSON on each line.
///
/// Which format it is, and whether it is cut into sections, hangs on the bytes, so that
/// more of them are tried in a time.
func transcoderFault(in bytes: [UInt8]) -> String? {
  var cuts = Cuts(of: bytes)
  let options = EncodingOptions(
    format: cuts.choice(of: [.ndjson, .ndjson, .json, .csv]), dynamic: cuts.choice(of: [.nested, .string]),
    nulls: cuts.choice(of: [.keep, .omit]))
  let sections = cuts.choice(of: [RowSections.unplaced, .halfHours])
  let chunks = cuts.chunks(of: bytes)
  let whole = Encoded([bytes], options, sections)
  let cut = Encoded(chunks, options, sections)
  guard whole == cut else {
    return "\(options), \(sections): in one chunk \(whole), in chunks of \(chunks.map(\.count)) \(cut)"
  }
  guard case .documents(let documents, let summary) = whole else { return nil }
  for (document, section) in zip(documents, summary.sections) {
    guard String(validating: document, as: UTF8.self) != nil else { return "\(options), \(sections): no UTF-8" }
    // Of no rows no blob is made.
    let count = section.rows == 0 ? .rows(0) : Count([document], options.format)
    guard count == .rows(section.rows) else { return "\(options), \(sections): \(section.rows) rows, \(count)" }
    guard options.format == .ndjson else { continue }
    if let fault = lineFault(document, rows: section.rows) { return "\(options), \(sections): \(fault)" }
  }
  return nil
}

extension RowSections {
  /// The two halves of the hour that most of the corpus lies in, from 2025-01-01T00:00Z on.
  static var halfHours: RowSections {
    let (start, half) = (17_356_896_000_000_000 as Int64, 18_000_000_000 as Int64)
    return RowSections(ranges: [start..<start + half, start + half..<start + 2 * half], dropsColumn: true)
  }
}

/// What an encoder made of a response: a document for each section, or an error.
private enum Encoded: Equatable {
  case documents([[UInt8]], ResponseSummary)
  case refused(String)

  init(_ chunks: [[UInt8]], _ options: EncodingOptions, _ sections: RowSections) {
    var encoder = RowEncoder(options, sections: sections)
    var documents = sections.ranges.map { _ in [UInt8]() }
    var open: [UInt8] = []
    do throws(RowEncodingError) {
      for chunk in chunks {
        encoder.feed(chunk)
        var step = try encoder.next()
        while true {
          open += encoder.withOutput { Array($0) }
          guard case .sectionEnded(let section) = step else { break }
          documents[section] = open
          open = []
          step = try encoder.next()
        }
      }
      let summary = try encoder.finish()
      open += encoder.withOutput { Array($0) }
      // Without any row the only document is the first.
      documents[summary.sections.lastIndex { $0.rows > 0 } ?? 0] += open
      self = .documents(documents, summary)
    } catch {
      self = .refused("\(error)")
    }
  }
}

/// Each line is an object: as the only value of a row it passes the encoder itself.
private func lineFault(_ output: [UInt8], rows: Int) -> String? {
  let lines = output.split(separator: 0x0A, omittingEmptySubsequences: false)
  guard lines.count == rows + 1, lines.last?.isEmpty == true else {
    return "\(rows) rows, \(lines.count - 1) lines"
  }
  if rows == 0 { return nil }
  var response = Array(#"{"tables":[{"columns":[{"name":"line","type":"dynamic"}],"rows":["#.utf8)
  for (index, line) in lines.dropLast().enumerated() {
    guard line.first == 0x7B, line.last == 0x7D else { return "line \(index + 1) is no object" }
    response += (index > 0 ? ",[" : "[").utf8
    response += line
    response.append(0x5D)
  }
  response += "]}]}".utf8
  let again = Encoded([response], EncodingOptions(format: .ndjson, dynamic: .nested, nulls: .keep), .unplaced)
  guard case .documents(_, let summary) = again, summary.rows == rows else { return "the lines are no JSON: \(again)" }
  return nil
}

/// What is chosen by chance, but the same for the same bytes.
struct Cuts {
  private var state: UInt64

  init(of bytes: [UInt8]) {
    // FNV-1a, which seeds a linear congruential generator.
    state = bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  mutating func choice<Choice>(of choices: [Choice]) -> Choice {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return choices[Int(state >> 33) % choices.count]
  }

  /// One byte at a time for some, longer chunks for others.
  mutating func chunks(of bytes: [UInt8]) -> [[UInt8]] {
    let lengths = Array(1...choice(of: [1, 4, 16, 64]))
    var chunks: [[UInt8]] = []
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + choice(of: lengths))
      chunks.append(Array(bytes[start..<end]))
      start = end
    }
    return chunks
  }
}
