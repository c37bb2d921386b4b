internal import BlobStorage
internal import FoundationEssentials
internal import HTTP
package import Pacing

/// The query service of one workspace: `POST /v1/workspaces/{id}/query` and `/search`.
package struct LogAnalyticsClient: Sendable {
  private let pipeline: Pipeline
  private let authorizer: any Authorizer
  /// Scheme and host, without a trailing slash.
  private let endpoint: String
  private let workspace: String
  private let pace: QueryPace

  /// Seconds that a query may run: the most that `Prefer: wait` takes.
  private static let wait = 600

  package init(
    pipeline: Pipeline, authorizer: any Authorizer, endpoint: String, workspace: String, pace: QueryPace
  ) {
    self.pipeline = pipeline
    self.authorizer = authorizer
    self.endpoint = endpoint
    self.workspace = workspace
    self.pace = pace
  }
}

extension LogAnalyticsClient {
  /// Starts a query and returns when its answer begins; never from the two-minute cache.
  ///
  /// - Parameters:
  ///   - search: uses the endpoint of Basic and Auxiliary tables.
  ///   - timespan: `START/END`; it intersects with the query's own bounds, and that endpoint needs it.
  package func query(_ text: String, search: Bool, timespan: String?) async throws(AzureError) -> QueryStream {
    let turn = QueryTurn(pace, search ? .search : .query)
    var url = "\(endpoint)/v1/workspaces/\(workspace)/\(search ? "search" : "query")"
    if search, let timespan { url += "?timespan=\(PercentEncoding.query(timespan))" }
    let request = HTTPRequest(
      method: "POST", url: url,
      headers: [
        ("Content-Type", "application/json"), ("Accept", "application/json"), ("Cache-Control", "no-cache"),
        ("Prefer", "wait=\(Self.wait)"),
      ],
      body: try Self.body(text), acceptsGzip: true, headTimeout: .seconds(Self.wait + 60))
    // 504 says that the query is too much, which no repetition mends.
    let stream = try await pipeline.stream(request, to: .query, authorizer, keeps: { $0 == 504 }, pace: turn)
    guard stream.head.status == 200 else { throw try await error(stream) }
    return QueryStream(stream, turn, place: request.place)
  }

  private static func body(_ text: String) throws(AzureError) -> [UInt8] {
    do { return Array(try JSONEncoder().encode(["query": text])) } catch {
      throw AzureError(.badRequest, "the query cannot be encoded: \(error)")
    }
  }

  /// What to do about a refusal, on a line of its own.
  private func remedy(_ status: Int) -> String {
    switch status {
    case 401: "\n  The workspace did not take \(authorizer.origin): check that it is of the workspace's own tenant."
    case 403:
      "\n  The identity of \(authorizer.origin) needs the role Log Analytics Data Reader on the workspace.\n  A role acts up to 10 minutes after it was granted."
    case 404: "\n  Check source.workspace (\(workspace)), and that source.cloud is the cloud that its region lies in."
    default: ""
    }
  }

  private func error(_ stream: HTTPBodyStream) async throws(AzureError) -> AzureError {
    let status = stream.head.status
    var body: [UInt8] = []
    do throws(HTTPError) {
      while body.count < 1 << 20, let chunk = try await stream.next() { body += chunk }
    } catch {
      throw AzureError(.unavailable, error.description, status: status)
    }
    if status == 204 {
      return AzureError(.invalidResponse, "the workspace answered 204: it holds no data", status: status)
    }
    let kind: AzureError.Kind =
      switch status {
      case 400: .badRequest
      case 401: .unauthenticated
      case 403: .forbidden
      case 404: .notFound
      case 429: .throttled
      case 504: .queryTimeout
      case 408, 500...599: .unavailable
      default: .invalidResponse
      }
    var error = AzureError(
      kind, "the query service answered \(status)", status: status, requestID: stream.head["x-ms-request-id"])
    error.remedy = remedy(status)
    error.answer = body
    return error
  }
}
