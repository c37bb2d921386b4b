import Manifest

/// A manifest that is read can be written and read again with the same rows, and
/// folds to the same slices in one segment and in two.
///
/// Bytes are read as a segment, and as the lines behind a header.
func manifestFault(in bytes: [UInt8]) -> String? {
  segmentFault(in: bytes) ?? segmentFault(in: ManifestWriter.header + bytes)
}

private func segmentFault(in bytes: [UInt8]) -> String? {
  do throws(ManifestError) {
    var rows: [ManifestRow] = []
    try ManifestReader(bytes, place: "m/T/2025.csv").readRows { rows.append($0) }
    let written = ManifestWriter.header + ManifestWriter.lines(rows)
    var again: [ManifestRow] = []
    do throws(ManifestError) {
      try ManifestReader(written, place: "m/T/2025.csv").readRows { again.append($0) }
    } catch {
      return "what was written of it is not read: \(error)"
    }
    guard again == rows else { return "rows change by being written: \(rows), then \(again)" }

    // Any table's rows do for reading; a fold takes those of one table.
    let table = rows.first?.table ?? "T"
    var whole = ManifestFold(table: table)
    try whole.add(bytes, place: "m/T/2025.csv")
    let slices = whole.result().slices
    guard zip(slices, slices.dropFirst()).allSatisfy({ $0.range < $1.range }) else { return "slices out of order" }

    var halves = ManifestFold(table: table)
    for half in [rows.prefix(rows.count / 2), rows.suffix(rows.count - rows.count / 2)] {
      try halves.add(ManifestWriter.header + ManifestWriter.lines(Array(half)), place: "m/T/2025.csv")
    }
    let found = halves.result().slices
    guard found.map(Outline.init) == slices.map(Outline.init) else { return "in two segments: \(found), not \(slices)" }
  } catch {
    // A refusal is an answer.
  }
  return nil
}

/// A slice without the places of its lines.
private struct Outline: Equatable {
  var text: String

  init(_ slice: ArchivedSlice) {
    text = """
      \(slice.range) \(slice.generation) \(slice.status) \(slice.rows) \(slice.rawBytes) \(slice.queryHash) \
      \(slice.exportedAt)
      """
  }
}
