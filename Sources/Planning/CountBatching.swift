internal import Timeline

/// Puts many small count requests into few: the service allows five queries at
/// once and two hundred in half a minute, so requests are what is scarce.
package enum CountBatching {
  /// Ranges named in one query at most; beyond it the text grows unwieldy.
  private static let rangeCap = 40

  /// Merges requests of the same grid, up to `cap` bins each, and cuts those that exceed it.
  package static func merge(_ requests: [CountRequest], cap: Int) -> [CountRequest] {
    var result: [CountRequest] = []
    var whole: [SliceGrid: [TimeRange]] = [:]
    var pieces: [SliceGrid: Set<TimeRange>] = [:]
    var grids: [SliceGrid] = []
    for request in requests {
      guard case .bins(let grid) = request.grouping else {
        result.append(request)
        continue
      }
      if whole[grid] == nil { grids.append(grid) }
      for range in request.ranges {
        let parts = grid.parts(of: range)
        whole[grid, default: []].append(parts.whole)
        pieces[grid, default: []].formUnion(parts.pieces)
      }
    }
    for grid in grids {
      let ranges = TimeRangeSet(whole[grid] ?? []).ranges + (pieces[grid] ?? [])
      result += batches(ranges.sorted(), on: grid, cap: cap)
    }
    return result
  }

  private static func batches(_ ranges: [TimeRange], on grid: SliceGrid, cap: Int) -> [CountRequest] {
    var result: [CountRequest] = []
    var batch: [TimeRange] = []
    var size = 0
    func flush() {
      if !batch.isEmpty { result.append(CountRequest(ranges: batch, grouping: .bins(grid))) }
      batch = []
      size = 0
    }
    for range in ranges {
      var rest = range
      while !rest.isEmpty {
        let sharesBin = batch.last.map { grid.floor(rest.start) < $0.end } ?? false
        if sharesBin || size >= cap || batch.count >= rangeCap { flush() }
        // No more than there are: a slice may be years wide, and their product beyond 64 bits.
        let bins = min(cap - size, grid.tileCount(of: rest))
        let cut = min(rest.end, grid.floor(rest.start) + grid.width * Int64(bins))
        let piece = TimeRange(rest.start, cut)
        batch.append(piece)
        size += grid.tileCount(of: piece)
        rest = TimeRange(cut, rest.end)
      }
    }
    flush()
    return result
  }
}
