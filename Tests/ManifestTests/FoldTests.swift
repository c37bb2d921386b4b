import Manifest
import TestSupport
import Testing
import Timeline

@Suite struct Folding {
  @Test func `the highest complete generation counts`() throws {
    let table = try fold([
      exported(slice(0), generation: 2, part: 1, of: 2), exported(slice(0), generation: 2, part: 2, of: 2),
      exported(slice(0), generation: 1), exported(slice(0), generation: 3, part: 2, of: 2),
    ])
    #expect(table.slices.map(\.generation) == [2])
    #expect(table.slices.map(\.rows) == [20])
    #expect(table.parts(of: table.slices[0]).map(\.part) == [1, 2])
    #expect(Set(table.outdated.map(\.generation)) == [1, 3])
  }

  @Test func `a slice of which no generation is complete is not covered`() throws {
    let table = try fold([exported(slice(0), part: 1, of: 2), exported(slice(1))])
    #expect(table.slices.map(\.range) == [slice(1)])
    #expect(table.covered == TimeRangeSet([slice(1)]))
    #expect(table.outdated.map(\.part) == [1])
  }

  @Test func `the order of rows within a slice does not matter`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    let rows = (0..<6).flatMap { start in
      (1...3).flatMap { generation in
        (1...4).filter { generation < 3 || $0 != start % 5 }.map {
          exported(slice(Int64(start)), generation: generation, part: $0, of: 4, rows: generation * 10 + $0)
        }
      }
    }
    for _ in 0..<50 {
      let shuffled = rows.shuffled(using: &random)
      let cut = Int.random(in: 0...rows.count, using: &random)
      let table = try fold(Array(shuffled[..<cut]), Array(shuffled[cut...]))
      #expect(table.slices.map(\.range) == (0..<6).map { slice($0) }, "seed \(seed)")
      #expect(table.slices.map(\.generation) == [3, 2, 2, 2, 2, 3], "seed \(seed)")
      for slice in table.slices { #expect(table.parts(of: slice).map(\.part) == [1, 2, 3, 4], "seed \(seed)") }
    }
  }

  @Test func `the same rows twice count once`() throws {
    let rows = [exported(slice(0), part: 1, of: 2), exported(slice(0), part: 2, of: 2)]
    let table = try fold(rows + rows, rows)
    #expect(table.slices.map(\.rows) == [20])
    #expect(table.parts(of: table.slices[0]) == rows)
  }

  @Test(arguments: [[0, 1], [1, 0]])
  func `of two writers that cut one generation differently, the later one stands whole`(order: [Int]) throws {
    let cuts = [
      (1...2).map { exported(slice(0), part: $0, of: 2, run: "a") },
      (1...3).map { exported(slice(0), part: $0, of: 3, run: "b") },
    ]
    let table = try fold(cuts[order[0]], cuts[order[1]])
    #expect(table.slices.map(\.generation) == [1])
    #expect(table.parts(of: table.slices[0]) == cuts[order[1]])
    #expect(table.outdated == cuts[order[0]])
  }

  @Test func `parts that two writers left of one generation make no slice`() throws {
    let table = try fold([exported(slice(0), part: 1, of: 2, run: "a"), exported(slice(0), part: 2, of: 3, run: "b")])
    #expect(table.slices.isEmpty)
    #expect(table.outdated.count == 2)
  }

  @Test func `slices of different widths lie beside each other, and cover what any of them covers`() throws {
    let table = try fold([
      exported(slice(0, hours: 24)), exported(slice(3)), recorded(slice(24), .empty), exported(slice(26, hours: 2)),
    ])
    #expect(table.slices.map(\.range) == [slice(0, hours: 24), slice(3), slice(24), slice(26, hours: 2)])
    #expect(table.covered == TimeRangeSet([slice(0, hours: 25), slice(26, hours: 2)]))
  }

  @Test(arguments: [ManifestRow.Status.empty, .emptyUnproven, .expired, .unavailable])
  func `a slice without blobs is covered by its one row`(status: ManifestRow.Status) throws {
    let table = try fold([exported(slice(0)), recorded(slice(0), status, generation: 2)])
    #expect(table.slices.map(\.status) == [status])
    #expect(table.slices.map(\.hasBlobs) == [false])
    #expect(table.slices.map(\.rows) == [0])
    #expect(table.parts(of: table.slices[0]).count == 1)
    #expect(table.covered.contains(slice(0)))
  }

  @Test func `an adopted slice is there as an exported one is`() throws {
    var row = exported(slice(0))
    row.status = .adopted
    let table = try fold([row])
    #expect(table.slices.map(\.status) == [.adopted])
    #expect(table.slices[0].hasBlobs)
  }

  @Test func `a superseded row notes a blob and takes nothing from the slice`() throws {
    var old = exported(slice(0), generation: 1)
    let before = try fold([old, exported(slice(0), generation: 2)])
    old.status = .superseded
    let after = try fold([exported(slice(0), generation: 1), exported(slice(0), generation: 2), old])
    #expect(after.slices.map(\.generation) == before.slices.map(\.generation))
    #expect(after.superseded == [old.blobURL])
    #expect(try fold([old]).slices.isEmpty)
  }

  @Test func `a slice knows its hash, its bytes and its first export`() throws {
    var late = exported(slice(0), part: 2, of: 2, rows: 5)
    late.exportedAt = late.exportedAt + .hour
    late.rawBytes = 50
    let first = exported(slice(0), part: 1, of: 2)
    let archived = try #require(try fold([late, first]).slices.first)
    #expect(archived.exportedAt == first.exportedAt)
    #expect(archived.rawBytes == 1050)
    #expect(archived.rows == 15)
    #expect(archived.queryHash == "hash")
  }

  @Test func `rows of different queries keep their own hash`() throws {
    let rows = (0..<6).map { index in
      var row = exported(slice(Int64(index)))
      row.queryHash = index % 2 == 0 ? "first" : "second"
      return row
    }
    #expect(try fold(rows).slices.map(\.queryHash) == rows.map(\.queryHash))
  }

  @Test func `a slice has the hash of its row, whatever is quoted in it`() throws {
    var row = exported(slice(0))
    row.queryHash = "a \"hash\", quoted"
    #expect(try fold([row]).slices.map(\.queryHash) == [row.queryHash])
  }

  @Test(arguments: [1_000_000_000_001, Int.max / 2 + 1, Int.max])
  func `a count that no blob ever had is refused, so that no sum overflows`(count: Int) throws {
    let parts = [1, 2].map { exported(slice(0), part: $0, of: 2, rows: count) }
    #expect(throws: ManifestError.self) { try fold(parts) }
  }
}
