internal import Export
internal import Pacing
internal import Timeline

/// How far an apply has come: pure data, which the views draw.
struct ApplyProgress: Sendable {
  struct Table: Sendable {
    var name: String
    /// Rows to export, as counted.
    var rows: Int
    /// Rows read off the wire so far.
    var done = 0
    var slices: Int
    var finished = 0
    var failed = 0
    /// Of earlier rounds of the table.
    var before = (finished: 0, failed: 0)

    /// 0 to 1, weighted by rows; 1 only where all of it is committed, however many rows were read.
    var share: Double {
      let read = rows > 0 ? min(1, Double(max(0, done)) / Double(rows)) : 1
      return isFinished ? read : min(0.99, read)
    }
    /// Whether its work is over, also where slices are left.
    var isOver = false
    var isFinished: Bool { isOver || finished + failed >= slices }
  }

  var tables: [Table] = []
  var startedAt: Tick
  /// Requests that were sent again.
  var retries = 0
}

extension ApplyProgress {
  /// Takes an event in.
  mutating func take(_ event: ApplyEvent) {
    switch event {
    case .tableStarted(let table, let slices, let rows):
      guard tables.contains(where: { $0.name == table }) else {
        tables.append(Table(name: table, rows: rows, slices: slices))
        return
      }
      // What leaves the workspace soon had a round of its own.
      update(table) {
        $0.before = ($0.finished, $0.failed)
        $0.slices += slices
        $0.rows += rows
        $0.isOver = false
      }
    case .progressed(let table, let rows, _): update(table) { $0.done += rows }
    case .restarted(let table, let rows, _): update(table) { $0.done -= rows }
    case .sliceFinished(let slice, _, _, _): update(slice.table) { $0.finished += 1 }
    case .sliceFailed(let slice, _): update(slice.table) { $0.failed += 1 }
    case .tableFinished(let table, let slices, _, let failed, _):
      // Slices recorded without rows are not announced one by one.
      update(table) {
        ($0.finished, $0.failed) = ($0.before.finished + slices, $0.before.failed + failed)
        $0.isOver = true
      }
    case .partSplit, .batchHalved, .superseded, .columnHidden, .typeIdle: break
    }
  }

  private mutating func update(_ table: String, _ change: (inout Table) -> Void) {
    guard let index = tables.firstIndex(where: { $0.name == table }) else { return }
    change(&tables[index])
  }

  /// All on one line: rows, rate, the time left, the pace of requests, retries.
  func line(_ pace: PaceState, at now: Tick) -> String { "\(rows(at: now)), \(requests(pace))" }

  private func requests(_ pace: PaceState) -> String {
    (pace.words + [retries == 1 ? "1 retry" : "\(retries) retries"]).joined(separator: ", ")
  }

  private func rows(at now: Tick) -> String {
    let done = max(0, tables.reduce(0) { $0 + $1.done })
    let all = tables.reduce(0) { $0 + $1.rows }
    let perSecond = Double(done) / max(0.1, (now - startedAt).seconds)
    var parts = [
      "\(Quantity.count(done)) of \(Quantity.of(all, "row"))", "\(Quantity.count(Int(perSecond))) rows/s",
    ]
    let slices = tables.reduce(0) { $0 + $1.slices }
    let finished = tables.reduce(0) { $0 + ($1.isFinished ? $1.slices : $1.finished) }
    if perSecond > 0, finished > 0, finished < slices {
      // Whichever takes longer, to read or to commit. Rounded up: a time left that is too short annoys more.
      let commits = (now - startedAt).seconds / Double(finished) * Double(slices - finished)
      let seconds = max(Double(all - done) / perSecond, commits).rounded(.up)
      parts.append(
        seconds < 60 ? "\(Int(seconds)) s left" : "\(Quantity.minutes((seconds / 60).rounded(.up) * 60)) left")
    }
    return parts.joined(separator: ", ")
  }

  /// The steady block of a terminal: a bar for each table under way, what is done, and the pace of requests.
  ///
  /// No line is wider than `width`, and there are at most `height`: what does not fit
  /// could not be taken away again.
  func block(_ pace: PaceState, at now: Tick, width: Int, height: Int) -> String {
    let underWay = tables.filter { !$0.isFinished }.sorted { $0.share > $1.share }
    let shown = underWay.prefix(max(1, height - 3))
    let nameWidth = min(shown.map(\.name.count).max() ?? 0, max(8, width / 3))
    var lines = shown.map { table in
      let name =
        table.name.prefix(nameWidth) + String(repeating: " ", count: nameWidth - min(nameWidth, table.name.count))
      let percent = "\(Int(table.share * 100))%"
      let figures =
        String(repeating: " ", count: 4 - percent.count) + percent
        + "  \(Quantity.count(table.finished))/\(Quantity.of(table.slices, "slice"))"
      let room = min(30, width - nameWidth - 22)
      guard room > 4 else { return "\(name) \(figures)" }
      let filled = Int(table.share * Double(room))
      return
        "\(name) \(String(repeating: "█", count: filled))\(String(repeating: "░", count: room - filled)) \(figures)"
    }
    if underWay.count > shown.count { lines.append("and \(Quantity.of(underWay.count - shown.count, "more table"))") }
    lines += [rows(at: now), requests(pace)]
    // In the lowest windows the bars alone, and no more of them than fit.
    return lines.prefix(max(1, height)).map { "\($0.prefix(max(1, width - 1)))\n" }.joined()
  }
}
