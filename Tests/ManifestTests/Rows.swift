import Manifest
import Timeline

/// Midnight of 2025-01-01 and hours after it.
func hour(_ count: Int64) -> Tick { Tick(unixSeconds: 1_735_689_600) + .hour * count }

/// The slice of one hour that begins so many hours after midnight.
func slice(_ start: Int64, hours: Int64 = 1) -> TimeRange { TimeRange(hour(start), hour(start + hours)) }

/// The row of one part of an exported slice.
func exported(
  _ slice: TimeRange, generation: Int = 1, part: Int = 1, of parts: Int = 1, rows: Int = 10, run: String = "run",
  blob: String? = nil
) -> ManifestRow {
  var row = ManifestRow(
    table: "T", range: slice, rows: rows, status: .exported, sliceRange: slice, exportedAt: slice.end + .day, runID: run
  )
  row.generation = generation
  row.part = part
  row.parts = parts
  row.blobURL = blob ?? "memory:///logs-t/\(slice.start.iso8601)_\(generation)_\(part)of\(parts)_\(run)"
  row.bytes = 100
  row.rawBytes = 1000
  row.queryHash = "hash"
  return row
}

/// The row of a slice that has no blob.
func recorded(_ slice: TimeRange, _ status: ManifestRow.Status, generation: Int = 1) -> ManifestRow {
  var row = ManifestRow(
    table: "T", range: slice, rows: 0, status: status, sliceRange: slice, exportedAt: slice.end + .day, runID: "run")
  row.generation = generation
  return row
}

/// The bytes of a segment.
func segment(_ rows: [ManifestRow]) -> [UInt8] { ManifestWriter.header + ManifestWriter.lines(rows) }

func fold(_ segments: [ManifestRow]...) throws -> ArchivedTable {
  var fold = ManifestFold(table: "T")
  for (index, rows) in segments.enumerated() { try fold.add(segment(rows), place: "m/T/\(index).csv") }
  return fold.result()
}

/// The rows that a segment holds.
func read(_ bytes: [UInt8]) throws -> [ManifestRow] {
  var rows: [ManifestRow] = []
  try ManifestReader(bytes, place: "m/T/2025.csv").readRows { rows.append($0) }
  return rows
}
