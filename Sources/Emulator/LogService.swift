/// What answers queries and takes in rows; the server only routes to it.
package protocol LogService: AnyObject, Sendable {
  /// The tables that can be queried.
  var tables: [LogTable] { get }

  /// One query of the query (`/query`) or search (`/search`) endpoint.
  func answer(_ request: LogQueryRequest) -> LogQueryResponse

  /// Takes rows in, a JSON array of objects, as the logs ingestion API does.
  /// Returns nil on success, otherwise the status and body to refuse with.
  func ingest(stream: String, body: [UInt8]) -> (status: Int, body: [UInt8])?

  /// Makes a table whose types are given, `{"name":…,"columns":[{"name":…,"type":…},…]}`,
  /// the schema object of Resource Manager's tables. Returns nil on success,
  /// otherwise the status and body to refuse with.
  func define(table: [UInt8]) -> (status: Int, body: [UInt8])?
}

extension LogService {
  /// None: for a service whose tables nobody asks for.
  package var tables: [LogTable] { [] }
}

/// One query, its HTTP already decoded.
package struct LogQueryRequest: Sendable {
  /// The endpoints differ in which table plans they serve.
  package enum Endpoint: String, Sendable {
    /// Analytics tables.
    case query
    /// Basic and Auxiliary tables; the time range comes with the request.
    case search
  }

  /// The workspace's GUID, lower case.
  package var workspace: String
  package var endpoint: Endpoint
  /// KQL.
  package var query: String
  /// ISO 8601: a duration, or two of start, end and duration with a slash.
  package var timespan: String?
  /// Further workspaces to query with this one.
  package var workspaces: [String]
  /// `Prefer: wait=N`, seconds: past them the service answers 504.
  package var waitSeconds: Int
  package var includeStatistics: Bool
  package var includeRender: Bool
  /// Days past which a table shows no rows, by name, where they are set.
  package var retention: [String: Int] = [:]

  /// 180 seconds is the service's default wait, 600 its ceiling.
  package init(
    workspace: String, endpoint: Endpoint = .query, query: String, timespan: String? = nil,
    workspaces: [String] = [], waitSeconds: Int = 180, includeStatistics: Bool = false,
    includeRender: Bool = false
  ) {
    self.workspace = workspace
    self.endpoint = endpoint
    self.query = query
    self.timespan = timespan
    self.workspaces = workspaces
    self.waitSeconds = waitSeconds
    self.includeStatistics = includeStatistics
    self.includeRender = includeRender
  }
}

/// The answer to a query; the body is pulled as the client reads.
package struct LogQueryResponse: Sendable {
  package var status: Int
  package var headers: [(String, String)]
  package var body: any ResponseBody

  /// An answer; the content type is added where `headers` lack one.
  package init(status: Int, headers: [(String, String)] = [], body: any ResponseBody) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// Bytes produced on demand, by one reader at a time.
package protocol ResponseBody: AnyObject, Sendable {
  /// Fills the front of `buffer` and returns how many bytes, 0 at the end.
  /// Throwing breaks the connection off in the middle of the body.
  func next(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

/// What the service stops one result at.
package struct QueryLimits: Sendable, Equatable {
  /// Rows; the service's documented limit is 500,000.
  package var rows: Int
  /// Bytes; the engine stops at 64,000,000.
  package var bytes: Int

  /// The service's own limits unless said.
  package init(rows: Int = 500_000, bytes: Int = 64_000_000) {
    self.rows = rows
    self.bytes = bytes
  }
}
