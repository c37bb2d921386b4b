import BlobStorage
import Export
import ExportSpec
import Planning
import TestSupport
import Testing
import Timeline

@Suite struct Crashes {
  /// Dies at every writing operation of a first export in turn, before and after it.
  @Test(arguments: [CrashingStore.Moment.before, .after])
  func `a run killed at any operation loses nothing and doubles nothing`(moment: CrashingStore.Moment) async throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    let rows = Archive.rows(120, using: &random)
    let limits = ResponseLimits(rows: 20)
    var point = 0
    while true {
      let archive = try Archive(FakeSource(rows, rowLimit: 20), slice: "8h", limits: limits)
      let crashing = CrashingStore(archive.store) { [point] _, number in number == point ? moment : nil }
      // Where the process dies before anything could begin, apply throws.
      do { try await archive.apply(through: crashing) } catch is StoreError {}
      try await archive.apply()
      try await archive.expectComplete("seed \(seed), \(moment) operation \(point)")
      if crashing.operations <= point { break }
      point += 1
    }
    #expect(point > 12)
  }

  @Test(arguments: [CrashingStore.Moment.before, .after])
  func `a replacement killed at any operation loses nothing and doubles nothing`(moment: CrashingStore.Moment)
    async throws
  {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    let rows = Archive.rows(60, using: &random)
    var options = PlanOptions()
    options.replace = ["T/2025-01-01T00:00:00Z", "T/2025-01-01T12:00:00Z"]
    var point = 0
    while true {
      let archive = try Archive(FakeSource(rows, rowLimit: 12), slice: "12h", limits: ResponseLimits(rows: 12))
      try await archive.apply()
      let crashing = CrashingStore(archive.store) { [point] _, number in number == point ? moment : nil }
      do { try await archive.apply(options, through: crashing) } catch is StoreError {}
      #expect(try await archive.ids().sorted() == rows.map(\.id), "seed \(seed), \(moment) operation \(point)")
      try await archive.apply(options)
      try await archive.expectComplete("seed \(seed), \(moment) operation \(point)")
      if crashing.operations <= point { break }
      point += 1
    }
  }
}
