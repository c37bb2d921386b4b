internal import BlobStorage
internal import Export
internal import ExportSpec
internal import Manifest
internal import Planning
internal import Timeline

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// An archive whose manifest is full: every slice of every table is recorded as
/// exported, with the query, the names and the sizes of real ones. Its blobs are
/// not there; only a plan that trusts the manifest is to be measured on it.
struct SyntheticArchive {
  /// Holds the spec, and the archive beside it.
  var directory: String
  var tables: Int
  /// Days from 2024-01-01 on, 24 slices each.
  var days: Int

  private static let workspace = "00000000-0000-0000-0000-000000000001"
  private static let from = CivilDate(year: 2024, month: 1, day: 1).point
}

extension SyntheticArchive {
  /// The spec that finds the archive complete.
  var specText: String {
    let to = Self.from + .day * Int64(days)
    let names = (1...tables).map { "  - SecurityEvent\(pad($0, 3))" }.joined(separator: "\n")
    return """
      version: 1
      name: bench
      source:
        workspace: \(Self.workspace)
      range:
        from: \(Self.from.dateText)
        to: \(to.dateText)
      destination:
        directory: ./archive
        path: "y={yyyy}/m={MM}/d={dd}/h={HH}/{table}_{start}_{end}.{ext}"
      tables:
      \(names)

      """
  }

  /// Writes both, and returns how many rows the manifest has.
  func write() async throws -> Int {
    guard mkdir(directory, 0o750) == 0 || errno == EEXIST, let root = realpath(directory, nil) else {
      throw BenchError(description: "\(directory): \(String(cString: strerror(errno)))")
    }
    defer { free(root) }
    let folder = String(cString: root)
    try save(specText, to: "\(folder)/logexport.yaml")
    guard let spec = ExportSpec.decode(text: specText, file: "logexport.yaml", environment: [:]).spec else {
      throw BenchError(description: "the spec is not valid")
    }
    let store = DirectoryStore(root: "\(folder)/archive")
    let ledger = Ledger(store: store, container: spec.destination.manifest)
    _ = try await ArchiveBinding.establish(
      [spec.destination.manifest] + spec.tables.map(\.container), store: store, ledger: ledger,
      workspace: Self.workspace, now: Self.from)
    var rows = 0
    for table in spec.tables { rows += try await write(table, to: store, spec.destination.manifest) }
    return rows
  }

  /// One segment for each year.
  private func write(_ table: TableSpec, to store: DirectoryStore, _ container: String) async throws -> Int {
    let rows = rows(of: table, storeURL: store.url)
    for (year, rows) in Dictionary(grouping: rows, by: { CivilDate($0.sliceRange.start).year }) {
      let address = BlobAddress(container: container, name: ManifestSegment(table: table.name, year: year).name)
      _ = try await store.put(
        ManifestWriter.header + ManifestWriter.lines(rows), to: address, BlobProperties(contentType: "text/csv"))
    }
    return rows.count
  }

  private func rows(of table: TableSpec, storeURL: String) -> [ManifestRow] {
    let naming = BlobNaming(table)
    let hash = ExportQuery(table).hash
    let window = TimeRange(Self.from, Self.from + .day * Int64(days))
    return table.grid.tiles(of: window).enumerated().map { index, slice in
      let count = 1000 + index * 7919 % 50_000
      // Any digits do, as long as no two rows share them.
      let digits = String((UInt64(index + 1) &* 0x9E37_79B9_7F4A_7C15) | 1 << 63, radix: 16)
      var row = ManifestRow(
        table: table.name, range: slice, rows: count, status: .exported, sliceRange: slice,
        exportedAt: slice.end + .day * 3 + Timespan(ticks: Int64(index)), runID: "2024-06-01T00:00:00Z-1f2e3d4c")
      let part = Part(range: slice, count: Count(rows: count, billed: 0))
      row.blobURL = naming.address(of: part, in: slice, generation: 1).url(in: storeURL)
      row.part = 1
      row.parts = 1
      row.bytes = count * 87
      row.rawBytes = count * 1130
      row.contentMD5 = "\(digits)aBcDeg=="
      row.sha256 = "\(digits)\(digits)\(digits)\(digits)"
      row.etag = "\"0x8DC\(digits)\""
      row.queryHash = hash
      row.schemaHash = hash
      row.format = table.format.rawValue
      row.compression = table.compression.rawValue
      row.countedRows = count
      return row
    }
  }

  private func save(_ text: String, to path: String) throws {
    guard let file = fopen(path, "w") else {
      throw BenchError(description: "\(path): \(String(cString: strerror(errno)))")
    }
    let written = fputs(text, file)
    guard fclose(file) == 0, written >= 0 else { throw BenchError(description: "\(path) cannot be written") }
  }
}

/// Why a benchmark's files could not be made.
struct BenchError: Error, CustomStringConvertible {
  var description: String
}
