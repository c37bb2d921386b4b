internal import BlobStorage
internal import ExportSpec
internal import Manifest
internal import Pacing
internal import Planning
internal import Timeline

/// What every step of an apply has at hand.
struct ApplyContext: Sendable {
  var source: any LogSource
  var store: any BlobStore
  var ledger: LedgerWriter
  var lineage: Lineage
  var limits: ResponseLimits
  /// Identifies this run in the manifest.
  var runID: String
  /// The program's name and version, as the files of Parquet have it.
  var creator: String
  /// The wall clock, for `exported_at`.
  var clock: @Sendable () -> Tick
  /// Parts that may be under way at once.
  var gate: Gate
  /// Paces attempts of a whole part.
  var backoff: Backoff
  var report: @Sendable (ApplyEvent) -> Void
  /// Columns that readers will not find in the files, of all tables.
  var remarks = ColumnRemarks()
}
