/// Encodes a query response, as it comes, into NDJSON, JSON, CSV or what a sink of columns makes of it: one document for
/// each section.
///
///     chunk ──▶ pieces ──▶ head ──▶ rows ──▶ tail
///                           │         ├─▶ one line of output each, in the section of its time
///                           └─▶ columns  └─▶ or batches of cells, by columns to the sink (`RowBatch`)
///
/// Only what is incomplete is held between chunks: the head (columns), one row, the tail (render,
/// statistics, error). Memory is bounded by the largest of these, whatever the size of the response.
///
/// A copy shares its buffers with the original: only one of them may go on.
package struct RowEncoder {
  private let options: EncodingOptions
  let sections: RowSections
  var stage = Stage.head
  /// What was fed, and how much of it went into the input.
  private var chunk: [UInt8] = []
  private var taken = 0
  /// What is being read: the rest of earlier pieces, then the one at hand.
  let input = ByteBuffer()
  /// Bytes of the input that are done with, and bytes of the response before the input.
  var index = 0
  var consumed = 0
  /// Whether what is held was tried and is incomplete.
  private var isDry = true
  private var extent: RowExtent?
  var output = ByteBuffer()
  /// What was taken last, to be written to again.
  private var handed = ByteBuffer()
  private var envelope = ResponseEnvelope()
  private var writer: RowWriter?
  /// What takes the rows in place of the writer, and the rows that wait for it.
  let sink: (any ColumnSink)?
  var batch: RowBatch?
  /// The section whose document is complete, and not written out yet.
  private var ended: Int?
  /// The first error: it is met again by whoever goes on.
  private var failure: RowEncodingError?

  package private(set) var columns: [ResponseColumn] = []
  /// Rows that were read so far, of all sections.
  package internal(set) var rows = 0
  private var summaries: [SectionSummary]
  /// The section under way, its range (empty where there is none), and the first that a row may lie in.
  var section: Int?
  /// The section that the output belongs to; nil before the first row of several sections.
  package private(set) var outputSection: Int?
  var range: Range<Int64> = 0..<0
  var nextSection = 0
  /// Rows before the section, and where in the response its first row starts and what follows its last begins.
  private var firstRow = 0
  /// What each document of text begins with.
  private var header: [UInt8] = []
  private var sectionStart = 0
  var sectionEnd = 0

  enum Stage {
    case head
    case rows
    case tail
  }

  /// What a step ended with.
  package enum Step: Equatable {
    /// Everything fed is encoded but for what is incomplete.
    case needsInput
    /// The document of this section is whole; more steps may follow.
    case sectionEnded(Int)
    /// The output is large enough to be taken; another step follows without more input.
    case outputFull
  }

  /// A chunk is taken in by pieces that a processor's nearest caches hold along with what is written.
  private static let piece = 32 << 10
  /// For a sink a piece is a batch: the more rows it has, the less each costs.
  private static let columnPiece = 192 << 10
  private let piece: Int
  /// The head and the tail are a few kilobytes; more is no response of this service.
  private static let outsideLimit = 16 << 20

  package init(_ options: EncodingOptions, sections: RowSections) {
    self.init(options, sections: sections, sink: nil)
  }

  /// Gives the rows to a sink by columns, and puts out what it makes of them.
  package init(sink: any ColumnSink, sections: RowSections) {
    self.init(EncodingOptions(format: .ndjson), sections: sections, sink: sink)
  }

  private init(_ options: EncodingOptions, sections: RowSections, sink: (any ColumnSink)?) {
    self.options = options
    self.sections = sections
    self.sink = sink
    piece = sink == nil ? Self.piece : Self.columnPiece
    summaries = sections.ranges.map { _ in SectionSummary(rows: 0, rawBytes: 0) }
  }
}

extension RowEncoder {
  /// Takes a chunk in; only after `next` said that it needs input, or at the start.
  package mutating func feed(_ chunk: [UInt8]) {
    self.chunk = chunk
    taken = 0
  }

  /// Encodes until the input is used up or a section is complete. What this step wrote is in the output.
  package mutating func next() throws(RowEncodingError) -> Step {
    clearOutput()
    return try naming { encoder throws(ScanError) in try encoder.step() }
  }

  /// Ends the response, and its last section with it: throws unless the document was whole.
  package mutating func finish() throws(RowEncodingError) -> ResponseSummary {
    clearOutput()
    return try naming { encoder throws(ScanError) in try encoder.end() }
  }

  private mutating func clearOutput() {
    output.removeAll()
    // What a sink still holds of a section that has ended comes before anything else.
    outputSection = ended ?? section
  }

  /// The bytes that the last step, or `finish`, wrote; valid until the next call.
  package func withOutput<R, E>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
    try output.withBytes(body)
  }

  /// Hands out what the last step, or `finish`, wrote, for somebody to read while the next step runs.
  ///
  /// Two buffers take turns: what was taken must be done with when the step after the next begins.
  package mutating func takeOutput() -> ByteBuffer {
    // Not emptied before it is written to: it may be read still.
    swap(&output, &handed)
    return handed
  }

  private mutating func naming<R>(
    _ body: (inout RowEncoder) throws(ScanError) -> R
  ) throws(RowEncodingError) -> R {
    if let failure { throw failure }
    do throws(ScanError) { return try body(&self) } catch {
      let problem =
        switch error {
        case .needMore:
          RowEncodingError(reason: "the document ends early", offset: consumed + input.count, row: rows)
        case .invalid(let reason, let place):
          RowEncodingError(reason: reason, offset: consumed + place, row: rows)
        case .unfit(let places, let place):
          RowEncodingError(
            reason: places.map { "a value of \(envelope.columns[$0].name) is no \(envelope.columns[$0].type)" }
              .joined(separator: ", "),
            offset: consumed + place, row: rows, unfit: places.map { envelope.columns[$0].name })
        }
      failure = problem
      throw problem
    }
  }
}

// MARK: - Input

extension RowEncoder {
  private mutating func step() throws(ScanError) -> Step {
    while true {
      if let sink, sink.hasOutput {
        sink.write(to: output)
        if sink.hasOutput { return .outputFull }
      }
      if let ended {
        self.ended = nil
        return .sectionEnded(ended)
      }
      if isDry {
        guard refill() else { return .needsInput }
        isDry = false
      }
      ended = try advance()
      isDry = ended == nil && sink?.hasOutput != true
    }
  }

  /// Moves what is incomplete to the front and the next piece of the chunk behind it; false where the
  /// chunk is used up.
  private mutating func refill() -> Bool {
    guard taken < chunk.count else {
      chunk = []
      return false
    }
    input.removeFirst(index)
    consumed += index
    index = 0
    // As much as is held, at least: what is tried again and again doubles by then.
    let count = min(max(piece, input.count), chunk.count - taken)
    chunk.withUnsafeBufferPointer { input.append(UnsafeBufferPointer(rebasing: $0[taken..<taken + count])) }
    input.terminate()
    taken += count
    return true
  }

  /// Consumes as much as is complete, up to a section's end, which it returns.
  private mutating func advance() throws(ScanError) -> Int? {
    if case .head = stage { try readHead() }
    if case .rows = stage, batch != nil || writer != nil {
      if extent?.isComplete(input.bytes, to: input.count) == false { return nil }
      extent = nil
    }
    if case .rows = stage, let batch {
      let ended = try takeRows(batch)
      if ended != nil { return ended }
      if index == 0, input.count >= piece, batch.isDry { extent = RowExtent() }
    }
    if case .rows = stage, var writer {
      self.writer = nil
      defer { self.writer = writer }
      let ended = try writeRows(&writer)
      if ended != nil { return ended }
      if index == 0, input.count >= piece { extent = RowExtent() }
    }
    if case .rows = stage { return nil }
    guard input.count - index <= Self.outsideLimit else {
      throw .invalid("more than 16 MiB outside of the rows", at: input.count)
    }
    return nil
  }

  private mutating func readHead() throws(ScanError) {
    do throws(ScanError) {
      (envelope, index) = try ResponseEnvelope.head(input.bytes, to: input.count)
    } catch {
      if case .needMore = error { return }
      throw error
    }
    guard envelope.hasRows else {
      stage = .tail
      return
    }
    columns = envelope.columns
    let time = columns.firstIndex { $0.name == sections.column && $0.type == "datetime" }
    guard time != nil || sections.column.isEmpty else {
      throw .invalid("no datetime column '\(sections.column)', by which rows are placed", at: index)
    }
    let layout = RowLayout(columns, time: time, dropsTime: sections.dropsColumn, options)
    if let time, sections.dropsColumn { columns.remove(at: time) }
    if let sink {
      batch = RowBatch(sink, columns: envelope.columns, time: time, dropsTime: sections.dropsColumn)
    } else {
      writer = RowWriter(layout, options)
    }
    header = layout.header
    stage = .rows
    if sections.ranges.count == 1 { begin(0, at: index) }
  }

  private mutating func end() throws(ScanError) -> ResponseSummary {
    let size = consumed + input.count
    guard size > 0 else { throw .invalid("the body is empty", at: 0) }
    guard case .tail = stage, taken == chunk.count || chunk.isEmpty else { throw .needMore }
    try envelope.readTail(input.bytes, from: index, to: input.count)
    if !envelope.hasRows, envelope.error == nil {
      throw .invalid("the document has no table", at: input.count)
    }
    if let section { try close(section) }
    if let sink {
      while sink.hasOutput { sink.write(to: output) }
    }
    if summaries.count == 1 { summaries[0].rawBytes = size }
    return ResponseSummary(
      columns: columns, rows: rows, rawBytes: size, error: envelope.error, sections: summaries)
  }
}

// MARK: - Rows

extension RowEncoder {
  /// Writes the rows that are complete; returns the section that ended.
  private mutating func writeRows(_ writer: inout RowWriter) throws(ScanError) -> Int? {
    let bytes = UnsafePointer(input.bytes)
    let end = input.count
    // A quote within a field was one byte where it stood in a container.
    let growth = options.format == .csv ? 2 : 1
    while true {
      var next = ValueScan.skipSpace(bytes, from: index)
      guard next < end else { return nil }
      if bytes[next] == 0x5D {
        if section != nil { sectionEnd = consumed + next }
        index = next + 1
        stage = .tail
        return nil
      }
      if rows > 0 {
        guard bytes[next] == 0x2C else { throw .invalid("rows without a comma between them", at: next) }
        next = ValueScan.skipSpace(bytes, from: next + 1)
        guard next < end else { return nil }
      }
      output.reserve((end - next) * growth + writer.layout.overhead)
      var out = output.bytes + output.count
      if options.format == .json {
        out[0] = rows == firstRow ? 0x5B : 0x2C
        out[1] = 0x0A
        out += 2
      }
      let after: Int
      do throws(ScanError) {
        (after, out) = try writer.write(bytes, from: next, to: end, into: out)
      } catch {
        if case .needMore = error { return nil }
        throw error
      }
      // What was written counts only where it belongs; else the row is written again in its section.
      guard range.contains(writer.time) else {
        if let ended = try place(writer, at: next) { return ended }
        continue
      }
      if options.format == .ndjson {
        out[0] = 0x0A
        out += 1
      }
      output.count = out - output.bytes
      rows += 1
      index = after
    }
  }

  /// Ends the section under way, or begins that of a row which lies outside of it.
  private mutating func place(_ writer: RowWriter, at start: Int) throws(ScanError) -> Int? {
    try place(writer.time, at: writer.timeIndex, rowAt: start)
  }

  /// As above, of a row that begins at `start` and whose time stands at `timeIndex`, a string's quote.
  mutating func place(_ time: Int64, at timeIndex: Int, rowAt start: Int) throws(ScanError) -> Int? {
    guard let target = sections.section(of: time), target >= nextSection else {
      let text = UnsafeBufferPointer(start: input.bytes + timeIndex, count: 30)
      let shown = String(decoding: text.dropFirst().prefix { $0 != 0x22 }, as: UTF8.self)
      let reason = sections.section(of: time) == nil ? "outside of what was asked for" : "behind later rows"
      throw .invalid("a row of \(shown) lies \(reason)", at: timeIndex)
    }
    if let section {
      sectionEnd = consumed + start
      try close(section)
      return section
    }
    begin(target, at: start)
    return nil
  }

  private mutating func begin(_ section: Int, at start: Int) {
    self.section = section
    outputSection = section
    range = sections.ranges[section]
    nextSection = section
    sectionStart = consumed + start
    firstRow = rows
    if let sink {
      sink.begin(section)
    } else {
      header.withUnsafeBufferPointer { output.append($0) }
    }
  }

  private mutating func close(_ section: Int) throws(ScanError) {
    if let sink {
      do throws(ColumnSinkError) { try sink.endRows() } catch { throw .invalid(error.reason, at: index) }
      sink.endDocument()
    } else if options.format == .json {
      output.append(rows == firstRow ? "[]\n" : "\n]\n")
    }
    summaries[section] = SectionSummary(rows: rows - firstRow, rawBytes: sectionEnd - sectionStart)
    nextSection = section + 1
    self.section = nil
    range = 0..<0
  }
}
