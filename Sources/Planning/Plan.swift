package import BlobStorage
package import Manifest
package import Timeline

/// What has to be done for the archive to be what the spec declares: pure data.
package struct Plan: Sendable {
  /// The clock that every decision was made by.
  package var now: Tick
  package var workspace: String
  /// The archive that the plan is for; nil before its first apply.
  package var lineage: String?
  /// One for each selected table that could be planned, in the order of the spec.
  package var tables: [TableChanges]
  /// Tables, and slices of planned tables, that the plan cannot bring into the archive.
  package var failures: [TableFailure]
  /// Containers to create, or to bind to this archive.
  package var containers: [String]
  /// Count queries that planning took.
  package var countQueries: Int
  /// The segments of the manifest that were read, by name.
  package var manifest: [ManifestVersion]
  /// Tables that the manifest has and the spec has not.
  package var undeclaredTables: [String] = []
  /// What becomes of the resources around the archive; done before anything is written.
  package var posture = PosturePlan.nothing

  package init(
    now: Tick, workspace: String, lineage: String?, tables: [TableChanges], failures: [TableFailure],
    containers: [String], countQueries: Int, manifest: [ManifestVersion] = []
  ) {
    self.now = now
    self.workspace = workspace
    self.lineage = lineage
    self.tables = tables
    self.failures = failures
    self.containers = containers
    self.countQueries = countQueries
    self.manifest = manifest
  }
}

/// A table, or a slice of one, that could not be planned.
package struct TableFailure: Sendable, Equatable {
  package var table: String
  /// The slice that it is about; nil where it is the whole table.
  package var slice: TimeRange?
  package var message: String
  /// The exit code that this failure alone would give.
  package var kind: Kind

  package init(table: String, slice: TimeRange? = nil, message: String, kind: Kind = .other) {
    self.table = table
    self.slice = slice
    self.message = message
    self.kind = kind
  }

  /// What kind of failure it is.
  package enum Kind: String, Sendable {
    case other
    /// Throttled or unavailable until the retries were used up.
    case unavailable
    /// Not who, or not allowed.
    case denied
  }
}

/// The actions on one table.
package struct TableChanges: Sendable {
  package var table: String
  package var container: String
  package var query: ExportQuery
  /// The declared range, cut to whole slices that have settled.
  package var window: TimeRange
  /// Slices whose end is too recent to be exported yet.
  package var unsettled: TimeRange
  /// In order of time.
  package var actions: [SliceAction]
  /// Slices that are expected to share queries; what they come to depends on what responses weigh.
  package var batches: [SliceBatch]
  /// Blobs that no generation in force needs any more.
  package var cleanups: [ObsoleteBlob]
  /// Slices of the window that need nothing, of those that hold rows.
  package var current: SliceTotals
  package var notes: [PlanNote]
  package var sizing: Sizing
  /// What the export's queries will scan; nil where that is not billed.
  package var scan: Scan?
  package var listed: Bool
  /// Slices that begin before this leave the workspace soon; nil where retention is not known.
  package var leavingUntil: Tick?
}

/// Slices and rows, for summaries.
package struct SliceTotals: Sendable, Equatable {
  package var slices = 0
  package var rows = 0

  package init(slices: Int = 0, rows: Int = 0) {
    self.slices = slices
    self.rows = rows
  }
}

/// What to do with one slice.
package struct SliceAction: Sendable {
  package var range: TimeRange
  package var kind: Kind
  package var reason: Reason
  /// The generation that the action brings about.
  package var generation: Int
  /// The generation in force that was seen; 0 where nothing is archived.
  package var replaces = 0
  /// The rows that it has.
  package var replacedRows = 0
  /// By range, then by shard; none where nothing is exported.
  package var parts: [PartAction] = []
  /// What is recorded where a slice that nobody has counted turns out to hold no rows.
  package var ifEmpty: ManifestRow.Status = .empty
  /// Blobs to delete once the action has taken effect.
  package var obsolete: [ObsoleteBlob] = []

  /// What is done.
  package enum Kind: Sendable, Hashable {
    /// Export a slice that is not archived.
    case export
    /// Export an archived slice again, under the next generation.
    case replace
    /// Record that the slice holds no rows, in one of three statuses.
    case record(ManifestRow.Status)
  }

  /// Why, in the words of the plan file.
  package enum Reason: String, Sendable, CaseIterable {
    case missing
    case lateRows = "late_rows"
    case specChanged = "spec_changed"
    case blobMissing = "blob_missing"
    case checksumMismatch = "checksum_mismatch"
    case adoptReceipt = "adopt_receipt"
    case requested
    case expired
  }

  /// Archived rows of the slice that the archive no longer has once the action is done; 0 where nobody has counted.
  var droppedRows: Int {
    if parts.contains(where: \.part.count.isEstimate) { return 0 }
    return max(0, replacedRows - parts.reduce(0) { $0 + $1.part.count.rows })
  }

  /// Whether the slice lies whole in the archive as long as the action is not done.
  var isOfWholeSlice: Bool { replaces > 0 && [.lateRows, .specChanged, .requested].contains(reason) }
}

/// One part of a slice: to be exported, or already committed by a run that was cut off.
package struct PartAction: Sendable {
  package var part: Part
  package var address: BlobAddress
  private let origin: Origin

  package init(part: Part, address: BlobAddress, adopted: AdoptedBlob? = nil) {
    self.part = part
    self.address = address
    origin = adopted.map(Origin.adopted) ?? .source
  }

  /// The blob that a killed run left, where it fits the plan exactly.
  package var adopted: AdoptedBlob? {
    if case .adopted(let blob) = origin { blob } else { nil }
  }

  /// Where the part's rows are. Boxed, as what few parts have would be most of what a million weigh.
  private indirect enum Origin: Sendable {
    case source
    case adopted(AdoptedBlob)
  }
}

/// A blob that is to go.
package struct ObsoleteBlob: Sendable, Equatable {
  package var address: BlobAddress
  /// The version that was seen; another is not touched.
  package var etag: String?
  /// The manifest row that it came from, where there is one.
  package var row: ManifestRow?
}

/// Something that a person should know, about a table or some of its slices.
package struct PlanNote: Sendable, Equatable {
  package var kind: Kind
  package var ranges: TimeRangeSet
  package var slices: Int
  package var message: String

  package init(kind: Kind, ranges: TimeRangeSet, slices: Int, message: String) {
    self.kind = kind
    self.ranges = ranges
    self.slices = slices
    self.message = message
  }

  /// What it is about.
  package enum Kind: String, Sendable, CaseIterable {
    /// Fewer rows at the source than archived; never replaced by itself.
    case shrunk
    /// Fewer rows by the filter of now than by the one that the slice was archived with, which may be why.
    case narrowed
    /// More rows at the source than archived, by an earlier query of other columns; left so.
    case grown
    /// To be exported again, but its first rows may have left the workspace: left as it is.
    case fading
    /// Archived with an earlier query, and left so.
    case earlierQuery = "earlier_query"
    /// Counted as zero beyond what the source can tell.
    case unavailable
    /// Recorded as empty although retention is unknown.
    case unproven
    /// Soon beyond the interactive retention.
    case leaving
    /// Blobs lie there that no row of the manifest names, and that are not known to be of no more use.
    case unrecorded
    /// Archived in another container than the spec's, which is not looked at.
    case elsewhere
    /// Past `deleteAfter`, and some of its blobs are gone.
    case expiring
    /// Archived twice, by slices of different widths.
    case overlapping
    /// Between the last whole slice and the declared end.
    case offGrid = "off_grid"
    /// Counts of the table are billed, and were not asked for.
    case uncounted
    /// Archived, and no longer within the spec's range.
    case undeclared
  }
}

extension TableChanges {
  /// How much is scanned, which is billed.
  package enum Scan: Sendable, Equatable {
    case bytes(Int)
    /// The workspace's usage could not be read, or says nothing of the table.
    case unknown
  }

  /// Queries for rows that applying it takes, as far as can be told.
  package var queries: Int {
    let parts = actions.reduce(0) { $0 + $1.parts.count { $0.adopted == nil } }
    return parts - batches.reduce(0) { $0 + $1.slices } + batches.count
  }
}

extension Plan {
  /// Whether the archive and its resources are as declared: what is only checked and differs counts as well.
  package var isEmpty: Bool {
    posture.isEmpty && containers.isEmpty && tables.allSatisfy { $0.actions.isEmpty && $0.cleanups.isEmpty }
  }
}
