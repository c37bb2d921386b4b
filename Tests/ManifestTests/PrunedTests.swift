import Manifest
import Testing
import Timeline

/// Slices and blobs that were deleted by name.
@Suite struct Pruning {
  @Test func `a slice that was pruned is as if it had never been, but for its generation`() throws {
    let table = try fold([exported(slice(0)), exported(slice(1)), recorded(slice(0), .pruned, generation: 2)])
    #expect(table.slices.map(\.range) == [slice(1)])
    #expect(table.covered == TimeRangeSet([slice(1)]))
    #expect(table.prunedGeneration(of: slice(0)) == 2 && table.prunedGeneration(of: slice(1)) == 0)
    #expect(table.outdated.map(\.sliceRange) == [slice(0)])
  }

  @Test func `a slice that was exported once more is in force`() throws {
    let table = try fold([
      exported(slice(0)), recorded(slice(0), .pruned, generation: 2), exported(slice(0), generation: 3),
    ])
    #expect(table.slices.map(\.generation) == [3])
    #expect(table.slices.map(\.status) == [.exported])
  }

  @Test func `an old blob that was pruned is no longer noted as lying there`() throws {
    var old = exported(slice(0))
    old.status = .superseded
    let rows = [exported(slice(0)), exported(slice(0), generation: 2), old]
    #expect(try fold(rows).superseded == [old.blobURL])
    old.status = .pruned
    let table = try fold(rows, [old])
    #expect(table.superseded.isEmpty)
    #expect(table.slices.map(\.generation) == [2])
    #expect(table.outdated.map(\.generation) == [1])
  }

  @Test func `a row of a pruned slice is read back as it was written, and one that is neither is refused`() throws {
    var blob = exported(slice(0))
    blob.status = .pruned
    let rows = [recorded(slice(0), .pruned, generation: 2), blob]
    #expect(try read(segment(rows)) == rows)
    blob.blobURL = ""
    #expect(throws: ManifestError.self) { try read(segment([blob])) }
    var slice = recorded(slice(0), .pruned)
    slice.rows = 1
    #expect(throws: ManifestError.self) { try read(segment([slice])) }
  }
}
