import Emulator

/// Workspaces without any table: what answers until rows are kept.
final class EmptyLogs: LogService {
  func answer(_ request: LogQueryRequest) -> LogQueryResponse {
    let body = #"{"tables":[{"name":"PrimaryResult","columns":[],"rows":[]}]}"#
    return LogQueryResponse(status: 200, body: BytesBody(Array(body.utf8)))
  }

  func ingest(stream: String, body: [UInt8]) -> (status: Int, body: [UInt8])? {
    (404, Array(#"{"error":{"code":"NotFound","message":"There is no such stream."}}"#.utf8))
  }
}
