/// Encodes a query response, as it comes, into NDJSON, JSON or CSV.
///
///     chunk ──▶ carry ──▶ head ──▶ rows ──▶ tail
///                          │         └─▶ one line of output each
///                          └─▶ columns
///
/// Only what is incomplete is carried from chunk to chunk: the head (columns),
/// one row, the tail (render, statistics, error). Memory is bounded by the
/// largest of these, whatever the size of the response.
package struct RowEncoder {
  private let options: EncodingOptions
  private var stage = Stage.head
  /// Bytes that are not consumed yet.
  private var carry: [UInt8] = []
  /// Bytes consumed before the carry.
  private var consumed = 0
  /// No row is tried again before the carry has grown to this: a row far larger
  /// than a chunk would otherwise be scanned once a chunk.
  private var wanted = 0
  private var envelope = ResponseEnvelope()
  private var writer: RowWriter?
  /// Rows that were written so far.
  package private(set) var rows = 0

  private enum Stage {
    case head
    /// `first` before the first row, where the bracket may close at once.
    case rows(first: Bool)
    case tail
  }

  /// The head and the tail are a few kilobytes; more is no response of this service.
  private static let outsideLimit = 16 << 20

  package init(_ options: EncodingOptions) {
    self.options = options
  }
}

extension RowEncoder {
  /// The columns, once the head is read.
  package var columns: [ResponseColumn] { envelope.columns }

  /// Takes the next chunk in, and appends the rows that it completes to `output`.
  package mutating func feed(_ chunk: [UInt8], into output: inout [UInt8]) throws(RowEncodingError) {
    if carry.isEmpty { carry = chunk } else { carry += chunk }
    guard carry.count >= wanted else { return }
    let held = carry
    carry = []
    var index = 0
    var fault: ScanError?
    held.withUnsafeBufferPointer { buffer in
      guard let bytes = buffer.baseAddress else { return }
      do throws(ScanError) { try advance(bytes, at: &index, to: buffer.count, into: &output) } catch { fault = error }
    }
    consumed += index
    carry = Array(held[index...])
    // What is at fault stays in the carry, so that it is met again by whoever goes on.
    if case .invalid(let reason, let place)? = fault { throw problem(reason, at: place - index) }
    wanted = index == 0 ? held.count * 2 : 0
    if case .rows = stage { return }
    if carry.count > Self.outsideLimit { throw problem("more than 16 MiB outside of the rows", at: carry.count) }
  }

  /// Ends the response: throws unless the document was whole.
  package mutating func finish(into output: inout [UInt8]) throws(RowEncodingError) -> ResponseSummary {
    wanted = 0
    try feed([], into: &output)
    let size = consumed + carry.count
    guard size > 0 else { throw problem("the body is empty", at: 0) }
    guard case .tail = stage else { throw problem("the document ends early", at: carry.count) }
    var fault: ScanError?
    let tail = carry
    tail.withUnsafeBufferPointer { buffer in
      guard let bytes = buffer.baseAddress else {
        fault = envelope.hasRows ? .needMore : nil
        return
      }
      do throws(ScanError) { try envelope.readTail(bytes, to: buffer.count) } catch { fault = error }
    }
    switch fault {
    case .invalid(let reason, let place): throw problem(reason, at: place)
    case .needMore: throw problem("the document ends early", at: carry.count)
    case nil: break
    }
    if envelope.hasRows {
      if options.format == .json { output.append(contentsOf: (rows == 0 ? "[]\n" : "\n]\n").utf8) }
    } else if envelope.error == nil {
      throw problem("the document has no table", at: carry.count)
    }
    return ResponseSummary(columns: envelope.columns, rows: rows, rawBytes: size, error: envelope.error)
  }

  private func problem(_ reason: String, at index: Int) -> RowEncodingError {
    RowEncodingError(reason: reason, offset: consumed + index, row: rows)
  }

  /// Consumes as much as is complete. `index` ends behind the last thing consumed.
  private mutating func advance(
    _ bytes: Bytes, at index: inout Int, to end: Int, into output: inout [UInt8]
  ) throws(ScanError) {
    if case .head = stage {
      do throws(ScanError) {
        (envelope, index) = try ResponseEnvelope.head(bytes, to: end)
      } catch {
        if case .needMore = error { return }
        throw error
      }
      guard envelope.hasRows else {
        stage = .tail
        return
      }
      let writer = RowWriter(envelope.columns, options)
      output.append(contentsOf: writer.header)
      self.writer = writer
      stage = .rows(first: true)
    }
    if case .rows(let first) = stage, var writer {
      self.writer = nil
      defer { self.writer = writer }
      try writeRows(bytes, at: &index, to: end, first: first, &writer, into: &output)
    }
  }

  private mutating func writeRows(
    _ bytes: Bytes, at index: inout Int, to end: Int, first: Bool, _ writer: inout RowWriter,
    into output: inout [UInt8]
  ) throws(ScanError) {
    var first = first
    while true {
      var next = ValueScan.skipSpace(bytes, from: index, to: end)
      guard next < end else { return }
      if bytes[next] == 0x5D {
        index = next + 1
        stage = .tail
        return
      }
      if !first {
        guard bytes[next] == 0x2C else { throw .invalid("rows without a comma between them", at: next) }
        next = ValueScan.skipSpace(bytes, from: next + 1, to: end)
        guard next < end else { return }
      }
      let before = output.count
      separate(into: &output)
      do throws(ScanError) {
        index = try writer.write(bytes, from: next, to: end, into: &output)
      } catch {
        output.removeSubrange(before...)
        if case .needMore = error { return }
        throw error
      }
      if options.format == .ndjson { output.append(0x0A) }
      rows += 1
      first = false
      stage = .rows(first: false)
    }
  }

  /// What stands before a row of a JSON array.
  private func separate(into output: inout [UInt8]) {
    guard options.format == .json else { return }
    if rows == 0 {
      output.append(0x5B)
      output.append(0x0A)
    } else {
      output.append(0x2C)
      output.append(0x0A)
    }
  }
}
