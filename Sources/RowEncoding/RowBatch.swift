/// Rows on their way to a sink: found one by one, and handed on by columns.
final class RowBatch {
  let sink: any ColumnSink
  /// Of each column what the sink wants; nil for nothing.
  private let types: [ValueType?]
  /// The column by which rows are placed, if they are.
  private let time: Int?
  private let table: CellTable
  private let reader = ColumnReader()
  private var times = TimeScan()
  /// Whether the last turn ended for want of input.
  fileprivate(set) var isDry = true

  init(_ sink: any ColumnSink, columns: [ResponseColumn], time: Int?, dropsTime: Bool) {
    self.sink = sink
    types = sink.begin(columns: columns, without: dropsTime ? time : nil)
    self.time = time
    table = CellTable(width: columns.count)
  }

  /// Hands the rows on, and forgets them.
  fileprivate func flush(_ bytes: Bytes) throws(ScanError) {
    guard table.rows > 0 else { return }
    var unfit: (columns: [Int], place: Int)?
    for (column, type) in types.enumerated() {
      guard let type else { continue }
      do throws(ScanError) {
        let values = try reader.read(column, of: table, as: type, bytes)
        if unfit == nil { try Self.naming { () throws(ColumnSinkError) in try sink.append(values, to: column) } }
      } catch {
        // What else is unfit among these rows is told along with it: whoever asks again asks once for all of them.
        guard case .unfit(let columns, let place) = error else { throw error }
        unfit = ((unfit?.columns ?? []) + columns, unfit?.place ?? place)
      }
    }
    if let unfit { throw .unfit(unfit.columns, at: unfit.place) }
    try Self.naming { () throws(ColumnSinkError) in try sink.endBatch(rows: table.rows) }
    table.removeAll()
  }

  private static func naming(_ body: () throws(ColumnSinkError) -> Void) throws(ScanError) {
    do throws(ColumnSinkError) { try body() } catch { throw .invalid(error.reason, at: 0) }
  }
}

extension RowEncoder {
  /// Hands the rows that are complete to the sink; returns the section that ended.
  ///
  /// Comes back where the sink has output as well, which is to be written before it takes more.
  mutating func takeRows(_ batch: RowBatch) throws(ScanError) -> Int? {
    let bytes = UnsafePointer(input.bytes)
    let end = input.count
    guard end < Cell.limit else { throw .invalid("a row of 512 MiB or more", at: index) }
    batch.isDry = false
    while true {
      let (ended, isFull) = try batch.fill(&self, bytes, to: end)
      try batch.flush(bytes)
      if case .tail = stage {
        do throws(ColumnSinkError) { if section != nil { try batch.sink.endRows() } } catch {
          throw .invalid(error.reason, at: index)
        }
        return nil
      }
      if let start = ended {
        // The rows before it are with the sink: now its section may end.
        if let closed = try place(start.time, at: start.timeIndex, rowAt: start.index) { return closed }
        continue
      }
      if batch.sink.hasOutput { return nil }
      if !isFull {
        batch.isDry = true
        return nil
      }
    }
  }
}

extension RowBatch {
  /// A row that lies outside of the section under way.
  struct Stray {
    var time: Int64
    var timeIndex: Int
    var index: Int
  }

  /// Takes rows in until the batch is full, the input is used up, the rows end, or one lies outside of the section.
  fileprivate func fill(
    _ encoder: inout RowEncoder, _ bytes: Bytes, to end: Int
  ) throws(ScanError) -> (stray: Stray?, isFull: Bool) {
    let limit = min(CellTable.limit, sink.batchRoom)
    while table.rows < limit {
      var next = ValueScan.skipSpace(bytes, from: encoder.index)
      guard next < end else { return (nil, false) }
      if bytes[next] == 0x5D {
        encoder.endRows(at: next)
        return (nil, false)
      }
      if encoder.rows > 0 {
        guard bytes[next] == 0x2C else { throw .invalid("rows without a comma between them", at: next) }
        next = ValueScan.skipSpace(bytes, from: next + 1)
        guard next < end else { return (nil, false) }
      }
      let after: Int
      do throws(ScanError) { after = try table.scan(bytes, from: next, to: end) } catch {
        if case .needMore = error { return (nil, false) }
        throw error
      }
      let (ticks, timeIndex) = try place(bytes)
      guard encoder.range.contains(ticks) else {
        return (Stray(time: ticks, timeIndex: timeIndex, index: next), false)
      }
      table.keep()
      encoder.rows += 1
      encoder.index = after
    }
    return (nil, true)
  }

  /// The time of the row that was scanned last, and where it stands.
  @inline(__always)
  private func place(_ bytes: Bytes) throws(ScanError) -> (Int64, Int) {
    guard let time else { return (0, 0) }
    let cell = table.cells[table.rows * table.width + time]
    let start = Int(cell.start)
    guard cell.kind == .string || cell.kind == .escaped, let ticks = times.ticks(bytes, from: start, count: cell.count)
    else {
      let text = UnsafeBufferPointer(start: bytes + start, count: min(cell.count, 40))
      throw .invalid("a row's time is no datetime: \(String(decoding: text, as: UTF8.self))", at: start)
    }
    return (ticks, start - 1)
  }
}

extension RowEncoder {
  /// The bracket that closes the rows stands at `place`.
  fileprivate mutating func endRows(at place: Int) {
    if section != nil { sectionEnd = consumed + place }
    index = place + 1
    stage = .tail
  }
}
