internal import Timeline

/// The numbers of one line, checked: all that coverage asks for.
///
/// Every line of a segment becomes one, so that a file with a wrong line is
/// refused as a whole; the line's texts are read where somebody needs them.
struct ManifestEntry {
  var range: TimeRange
  var rows: Int
  var status: ManifestRow.Status
  var sliceRange: TimeRange
  var generation: Int
  var part: Int
  var parts: Int
  var shard: Shard?
  var bytes: Int
  var rawBytes: Int
  var countedRows: Int?
  var exportedAt: Tick

  /// Reads the current line. Throws where a value is none, or contradicts another.
  init(_ line: borrowing ManifestLines) throws(ManifestError) {
    try line.requireAllColumns()
    status = try Self.status(line)
    sliceRange = try line.range(.sliceStart, .sliceEnd)
    // The only part of a slice has its range, written alike.
    let isWhole = line.areEqual(.start, .sliceStart) && line.areEqual(.end, .sliceEnd)
    range = isWhole ? sliceRange : try line.range(.start, .end)
    rows = try line.integer(.rows)
    generation = try line.integer(.generation)
    part = try line.integer(.part)
    parts = try line.integer(.parts)
    bytes = try line.integer(.bytes)
    rawBytes = try line.integer(.rawBytes)
    countedRows = line.raw(.countedRows).isEmpty ? nil : try line.integer(.countedRows)
    exportedAt = try line.tick(.exportedAt)
    if !line.raw(.shard).isEmpty {
      let text = line.text(.shard)
      guard let shard = Shard(parsing: text) else { throw line.problem("'\(text)' is no shard") }
      self.shard = shard
    }
    try check(line)
  }

  /// The status of nearly every line.
  private static let exported = Array(ManifestRow.Status.exported.rawValue.utf8)

  private static func status(_ line: borrowing ManifestLines) throws(ManifestError) -> ManifestRow.Status {
    if line.raw(.status).elementsEqual(exported) { return .exported }
    let text = line.text(.status)
    if let status = ManifestRow.Status(rawValue: text) { return status }
    throw line.problem(
      text == ManifestColumn.status.name ? "the header stands here a second time" : "'\(text)' is no status")
  }

  /// What no writer ever wrote would make a reader count wrongly.
  private func check(_ line: borrowing ManifestLines) throws(ManifestError) {
    guard sliceRange.contains(range) else { throw line.problem("the part does not lie within its slice") }
    guard generation >= 1 else { throw line.problem("generations are counted from 1") }
    switch status {
    case .exported, .adopted, .superseded:
      guard (1...max(1, parts)).contains(part), parts >= 1 else {
        throw line.problem("there is no part \(part) of \(parts)")
      }
      guard !line.raw(.blobURL).isEmpty else {
        throw line.problem("blob_url is empty, but status is \(status.rawValue)")
      }
    case .empty, .emptyUnproven, .expired, .unavailable:
      guard part == 0, parts == 0, rows == 0 else {
        throw line.problem("status is \(status.rawValue), but there are rows or parts")
      }
    case .pruned:
      // Of a slice, or of one old blob.
      guard parts == 0 ? part == 0 && rows == 0 : (1...parts).contains(part) && !line.raw(.blobURL).isEmpty else {
        throw line.problem("status is pruned, but it is neither of a slice nor of a blob")
      }
    }
  }
}

extension ManifestRow {
  /// Reads the current line with all of its texts.
  init(_ line: borrowing ManifestLines) throws(ManifestError) {
    let entry = try ManifestEntry(line)
    self.init(
      table: line.text(.table), range: entry.range, rows: entry.rows, status: entry.status,
      sliceRange: entry.sliceRange, exportedAt: entry.exportedAt, runID: line.text(.runID))
    blobURL = line.text(.blobURL)
    generation = entry.generation
    part = entry.part
    parts = entry.parts
    shard = entry.shard
    bytes = entry.bytes
    rawBytes = entry.rawBytes
    contentMD5 = line.text(.contentMD5)
    sha256 = line.text(.sha256)
    etag = line.text(.etag)
    queryHash = line.text(.queryHash)
    schemaHash = line.text(.schemaHash)
    format = line.text(.format)
    compression = line.text(.compression)
    countedRows = entry.countedRows
  }
}
