package import Planning
package import Timeline

/// What happens during an apply, for progress views and logs.
package enum ApplyEvent: Sendable {
  /// The work of a table begins.
  case tableStarted(table: String, slices: Int, rows: Int)
  /// Rows of a part were read off the wire; `rows` since the last such event.
  case progressed(table: String, rows: Int, bytes: Int)
  /// Rows that were announced do not count: the part starts over.
  case restarted(table: String, rows: Int, reason: String)
  /// A slice is recorded in the manifest.
  case sliceFinished(Slice, rows: Int, parts: Int, bytes: Int)
  /// A part was too large for one response and is being cut again.
  case partSplit(Slice, into: Int)
  /// Slices that shared a query that failed are tried again in two halves.
  case batchHalved(table: String, slices: Int, reason: String)
  case sliceFailed(Slice, message: String)
  /// An old blob could not be deleted and was listed instead.
  case superseded(blob: String, reason: String)
  /// Readers of Parquet take a column from a folder of the path that is named like it; told once.
  case columnHidden(table: String, column: String, folder: String)
  /// `types` says of a column what only one of another type can become: a `decimal`, a `datetime`.
  case typeIdle(table: String, column: String, lacking: String)
  /// The work of a table is over; why before its end, where slices are left that have not failed.
  case tableFinished(table: String, slices: Int, rows: Int, failed: Int, stopped: Stop? = nil)

  /// Why no slice of a table is begun any more.
  package enum Stop: Sendable, Equatable {
    /// The run was cancelled.
    case cancelled
    /// It came to one of its caps.
    case capped(RunCaps.Reached)
    /// The table's manifest cannot be written.
    case failed
  }
}

/// What an apply came to.
package struct ApplyOutcome: Sendable {
  /// Slices that were exported and recorded.
  package var exported = SliceTotals()
  /// Slices that were recorded without rows.
  package var recorded = 0
  /// Stored bytes of the exported slices.
  package var bytes = 0
  /// Blobs that were deleted.
  package var deleted = 0
  package var failures: [SliceFailure] = []
  /// Whether the run was cancelled before it was through.
  package var cancelled = false
  /// The cap that it stopped at before it was through.
  package var capped: RunCaps.Reached?

  package init() {}
}

/// A slice that could not be exported; nothing of it was recorded.
package struct SliceFailure: Sendable {
  package var slice: Slice
  package var message: String
  package var kind: TableFailure.Kind
}
