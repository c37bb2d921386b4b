/// A workspace without any table: for emulators of Blob storage alone.
package final class NoLogs: LogService {
  /// Nothing to set up.
  package init() {}

  /// Every query has no rows and no columns.
  package func answer(_ request: LogQueryRequest) -> LogQueryResponse {
    let body = #"{"tables":[{"name":"PrimaryResult","columns":[],"rows":[]}]}"#
    return LogQueryResponse(status: 200, body: BytesBody(Array(body.utf8)))
  }

  /// No stream exists.
  package func ingest(stream: String, body: [UInt8]) -> (status: Int, body: [UInt8])? {
    (404, Array(#"{"error":{"code":"NotFound","message":"There is no such stream."}}"#.utf8))
  }

  /// No table can be made.
  package func define(table: [UInt8]) -> (status: Int, body: [UInt8])? {
    (501, Array(LogErrors.body("NotImplemented", "There are no tables here.").utf8))
  }
}
