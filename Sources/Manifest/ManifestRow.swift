package import Timeline

/// One line of the manifest: one part of one generation of a slice, or the fact
/// that a slice holds nothing.
package struct ManifestRow: Sendable, Equatable {
  package var table: String
  /// The part's own range; of a part cut by hash, the one tick that it is of.
  package var range: TimeRange
  package var rows: Int
  /// The blob's URL, percent-encoded and without credentials; empty where there is no blob.
  package var blobURL = ""
  package var status: Status
  package var sliceRange: TimeRange
  /// From 1; readers take the highest complete one of a slice.
  package var generation = 1
  /// 1 to `parts`, by range and then by shard; 0 of 0 where there is no blob.
  package var part = 0
  package var parts = 0
  package var shard: Shard?
  /// Stored bytes.
  package var bytes = 0
  /// Bytes of the query's response, after content decoding.
  package var rawBytes = 0
  /// MD5 of the stored bytes, base64, as Blob storage keeps it.
  package var contentMD5 = ""
  /// SHA-256 of the stored bytes, hexadecimal.
  package var sha256 = ""
  package var etag = ""
  package var queryHash = ""
  package var schemaHash = ""
  package var format = ""
  package var compression = ""
  /// Rows that a count query gave for this part.
  package var countedRows: Int?
  package var exportedAt: Tick
  package var runID: String

  package init(
    table: String, range: TimeRange, rows: Int, status: Status, sliceRange: TimeRange, exportedAt: Tick, runID: String
  ) {
    self.table = table
    self.range = range
    self.rows = rows
    self.status = status
    self.sliceRange = sliceRange
    self.exportedAt = exportedAt
    self.runID = runID
  }

  /// What became of the slice or part.
  package enum Status: String, Sendable, CaseIterable {
    /// Its rows lie in `blob_url`.
    case exported
    /// Counted: there were no rows, at a time when they could still be seen.
    case empty
    /// Counted as zero where the table's interactive retention is unknown, so that zero proves nothing.
    case emptyUnproven = "empty_unproven"
    /// Rows that another tool archived, taken over as they are.
    case adopted
    /// An earlier generation whose blob could not be deleted yet.
    case superseded
    /// Deleted by the retention policy; never exported again.
    case expired
    /// Older than the table's interactive retention: the source can no longer tell.
    case unavailable
    /// Deleted by name, with `prune`: a slice, which is missing again should it ever be declared, or an old blob.
    case pruned
  }
}

/// One bucket of a tick whose rows are too many for one response.
package struct Shard: Hashable, Sendable {
  /// 0 to `count` − 1: the value of `hash_xxhash64(tostring(pack_all()), count)`.
  package var index: Int
  /// At least 2.
  package var count: Int

  package init(index: Int, count: Int) {
    self.index = index
    self.count = count
  }
}

extension Shard: CustomStringConvertible {
  /// `2of4`, counted from 1.
  package var description: String { "\(index + 1)of\(count)" }

  /// Reads `description`.
  package init?(parsing text: some StringProtocol) {
    let halves = text.split(separator: "of", omittingEmptySubsequences: false)
    guard halves.count == 2, let index = Int(halves[0]), let count = Int(halves[1]), count >= 2,
      (1...count).contains(index)
    else { return nil }
    self.init(index: index - 1, count: count)
    // Integers may be spelled in other ways, such as with a sign.
    guard description == text else { return nil }
  }
}
