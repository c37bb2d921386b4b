package import Planning

/// What is looked at besides the manifest and a listing of its blobs.
package struct VerifyOptions: Sendable, Equatable {
  /// Read each blob.
  package var content = false
  /// Count at the source.
  package var source = false
  /// The share of slices that are read and counted, above 0 up to 100.
  package var percent = 100.0
  /// Which slices a share has.
  package var seed: UInt64 = 0
  /// Blobs that are read at once.
  package var parallelism = 5
  /// What becomes of tables that the manifest has and the spec has not.
  package var undeclared = Undeclared.named

  /// How tables that are no longer declared are treated.
  package enum Undeclared: Sendable, Equatable {
    /// Nobody asked: others were selected.
    case ignored
    /// They are named, and not looked at.
    case named
    /// They are looked at like all others, but not counted at the source: by which query is not known.
    case verified
  }

  package init() {}
}

/// What was looked at, and what does not agree with the manifest.
package struct Verification: Sendable, Equatable {
  /// By table in the spec's order, slice and blob.
  package var findings: [Finding] = []
  /// Slices of the manifest that are in force.
  package var slices = 0
  /// Blobs that were looked for, and the rows and stored bytes that the manifest has of them.
  package var blobs = 0
  package var rows = 0
  package var bytes = 0
  /// Blobs that were read to their end, and what was in them.
  package var read = Amount()
  /// Blobs that lie in the archive tier, where nothing can be read.
  package var unread = 0
  /// Blobs that lie in another store.
  package var elsewhere = 0
  /// Blobs that the retention policy has deleted.
  package var expired = 0
  /// Blobs of this archive that no row of the manifest names: of runs that were cut off or are at work, or of rows that
  /// are lost.
  package var unrecorded = 0
  /// Tables of the manifest that hold blobs, are no longer declared, and were not looked at.
  package var notLookedAt: [String] = []
  /// Slices that were counted at the source, and those that cannot be: another query, or too old.
  package var counted = 0
  package var uncounted = 0

  /// Blobs, their stored bytes and their rows.
  package struct Amount: Sendable, Equatable {
    package var blobs = 0
    package var bytes = 0
    package var rows = 0
  }

  package init() {}

  /// Takes what another part of the work came to.
  mutating func add(_ other: Verification) {
    findings += other.findings
    slices += other.slices
    blobs += other.blobs
    rows += other.rows
    bytes += other.bytes
    read.blobs += other.read.blobs
    read.bytes += other.read.bytes
    read.rows += other.read.rows
    unread += other.unread
    elsewhere += other.elsewhere
    expired += other.expired
    unrecorded += other.unrecorded
    notLookedAt += other.notLookedAt
    counted += other.counted
    uncounted += other.uncounted
  }
}

/// What happens on the way, for progress views.
package enum VerifyEvent: Sendable {
  /// A table's manifest was read and its container listed; so many blobs of so many bytes are to be read.
  case listed(table: String, blobs: Int, bytes: Int)
  /// Bytes of a blob were read.
  case progressed(bytes: Int)
  case read
  /// Counts of a table begin that scan so many bytes, which is billed; nil where nobody knows how many.
  case scanning(table: String, bytes: Int?)
  case found(Finding)
}
