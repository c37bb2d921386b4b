package import Diagnostics
package import Timeline

/// A decoded and validated export spec: what must lie in the archive.
///
/// Every default is filled in and every `${env:…}` is resolved; a value of this
/// type has passed all checks that need no network.
package struct ExportSpec: Sendable {
  /// The archive's name, an identifier of letters, digits, `-` and `_`.
  package var name: String
  package var source: Source
  /// What one response of the query service may hold.
  package var limits: ResponseLimits
  package var destination: Destination
  package var onChange: ChangePolicy
  /// At least one, in the order of the file, names unique.
  package var tables: [TableSpec]
  package var retention: RetentionPolicy?
  package var network: NetworkPolicy?
  package var access: AccessPolicy?

  package init(
    name: String, source: Source, limits: ResponseLimits, destination: Destination,
    onChange: ChangePolicy = .keep, tables: [TableSpec],
    retention: RetentionPolicy? = nil, network: NetworkPolicy? = nil, access: AccessPolicy? = nil
  ) {
    self.name = name
    self.source = source
    self.limits = limits
    self.destination = destination
    self.onChange = onChange
    self.tables = tables
    self.retention = retention
    self.network = network
    self.access = access
  }
}

/// Where the logs are.
package struct Source: Sendable, Equatable {
  /// The workspace's GUID, lower case.
  package var workspace: String
  /// The workspace's Resource Manager id, where given.
  package var resource: String?
  package var cloud: Cloud
  /// Another query endpoint than the cloud's own, an absolute URL without a trailing slash.
  package var endpoint: String?

  package init(workspace: String, resource: String? = nil, cloud: Cloud = .public, endpoint: String? = nil) {
    self.workspace = workspace
    self.resource = resource
    self.cloud = cloud
    self.endpoint = endpoint
  }
}

/// The cloud whose hosts and sign-in authority are used.
package enum Cloud: String, Sendable, CaseIterable {
  case `public`, usgovernment, china, emulator
}

/// The limits of one response; parts are cut to stay below them with a margin.
package struct ResponseLimits: Sendable, Equatable {
  /// Rows, 2 to 500,000 (the service's own limit); an answer counts as whole only with fewer.
  package var rows: Int
  /// Bytes, 1 to 64,000,000 (where the service's engine stops).
  package var bytes: Int

  package init(rows: Int = 500_000, bytes: Int = 64_000_000) {
    self.rows = rows
    self.bytes = bytes
  }
}

/// What to do with slices that were exported with an earlier query.
package enum ChangePolicy: String, Sendable, CaseIterable {
  /// Leave them, and say so.
  case keep
  /// Export them again.
  case replace
}

/// Where the archive lies.
package struct Destination: Sendable, Equatable {
  package var store: StoreLocation
  /// The Resource Manager id of the storage account, where given: posture is read and changed through it.
  package var resource: String?
  /// The container of the manifest, a valid container name.
  package var manifest: String

  package init(store: StoreLocation, resource: String? = nil, manifest: String = "export-manifest") {
    self.store = store
    self.resource = resource
    self.manifest = manifest
  }
}

/// The store that holds the containers.
package enum StoreLocation: Sendable, Equatable {
  /// A storage account's name, under the suffix of the cloud.
  case account(String)
  /// A blob service's URL without a trailing slash.
  case url(String)
  /// A directory, relative to the spec file's own unless absolute.
  case directory(String)
}

/// One table's export, with the spec's defaults applied.
package struct TableSpec: Sendable {
  /// The table's name in the workspace, an identifier.
  package var name: String
  /// The columns to keep, in this order; nil for all of them.
  package var columns: [String]?
  /// A KQL predicate, passed on in parentheses of its own.
  package var filter: String?
  package var from: RangeBound
  /// Exclusive.
  package var to: RangeBound
  package var grid: SliceGrid
  /// How long after its end a slice is left alone.
  package var settle: Timespan
  /// Interactive retention, where declared.
  package var retention: Timespan?
  /// The table's plan, where declared.
  package var plan: TablePlan?
  /// The container's name, with `{table}` already put in.
  package var container: String
  package var path: PathTemplate
  package var format: OutputFormat
  package var compression: CompressionKind
  package var dynamic: DynamicStyle
  package var nulls: NullStyle
  package var parquet: ParquetForm
  /// Columns by their names that Parquet has with another type than their own.
  package var types: [String: ColumnType]
  /// Where the table's entry stands in the spec's file.
  package var position: SourceRange?

  package init(
    name: String, columns: [String]? = nil, filter: String? = nil, from: RangeBound, to: RangeBound = .now,
    grid: SliceGrid = .hourly, settle: Timespan = .hour * 3, retention: Timespan? = nil, plan: TablePlan? = nil,
    container: String, path: PathTemplate, format: OutputFormat = .ndjson, compression: CompressionKind = .gzip,
    dynamic: DynamicStyle = .nested, nulls: NullStyle = .keep, parquet: ParquetForm = ParquetForm(),
    types: [String: ColumnType] = [:], position: SourceRange? = nil
  ) {
    self.name = name
    self.columns = columns
    self.filter = filter
    self.from = from
    self.to = to
    self.grid = grid
    self.settle = settle
    self.retention = retention
    self.plan = plan
    self.container = container
    self.path = path
    self.format = format
    self.compression = compression
    self.dynamic = dynamic
    self.nulls = nulls
    self.parquet = parquet
    self.types = types
    self.position = position
  }
}

/// One end of a declared range.
package enum RangeBound: Sendable, Equatable {
  case at(Tick)
  /// The clock, read once a run.
  case now
  /// A length before `to`: `last: 365d`.
  case last(Timespan)
}

/// A table's plan in the workspace; it decides the endpoint and what a query costs.
package enum TablePlan: String, Sendable, CaseIterable {
  case analytics, basic, auxiliary
}

extension TableSpec {
  /// Whether each query of the table goes to the search endpoint, and is billed by the bytes that it scans.
  package var isBilledByScan: Bool { plan == .basic || plan == .auxiliary }
}

/// The format of the exported blobs.
package enum OutputFormat: String, Sendable, CaseIterable {
  case ndjson, json, csv, parquet
}

/// How the exported blobs are compressed; of Parquet, its pages.
package enum CompressionKind: String, Sendable, CaseIterable {
  case none, gzip, zstd
  /// Of Parquet only.
  case snappy
}

/// How a table becomes Parquet, as far as no single column is meant.
package struct ParquetForm: Sendable, Equatable {
  /// What the columns of a row group may hold, in bytes: 1,000,000 to 1,000,000,000.
  package var rowGroup: Int
  package var datetime: TimeForm
  package var guid: GUIDForm

  package init(rowGroup: Int = 64 << 20, datetime: TimeForm = .nanoseconds, guid: GUIDForm = .uuid) {
    self.rowGroup = rowGroup
    self.datetime = datetime
    self.guid = guid
  }

  /// What each `datetime` is in Parquet.
  package enum TimeForm: String, Sendable, CaseIterable {
    case nanoseconds
    /// Rounded down to them, and never out of range.
    case microseconds
    case string
  }

  /// What each `guid` is in Parquet.
  package enum GUIDForm: String, Sendable, CaseIterable {
    case uuid, string
  }
}

/// What a column of Parquet is in place of its own type.
package enum ColumnType: Sendable, Equatable {
  /// Of a `decimal`: with so many digits behind the point, 0 to 38.
  case decimal(scale: Int)
  /// The value as text.
  case string
  /// Of a `datetime`: rounded down to them, and never out of range.
  case microseconds
}

/// How a `dynamic` value is written: as JSON within the JSON, or as the text it came as.
package enum DynamicStyle: String, Sendable, CaseIterable {
  case nested, string
}

/// Whether a null is written or its member left out.
package enum NullStyle: String, Sendable, CaseIterable {
  case keep, omit
}
