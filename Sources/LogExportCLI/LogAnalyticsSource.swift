internal import Azure
internal import Export
internal import ExportSpec
internal import HTTP
internal import RowEncoding
internal import Timeline

/// The query service as the export engine sees it.
struct LogAnalyticsSource: LogSource {
  let client: LogAnalyticsClient

  func table(_ query: LogQuery) async throws(SourceError) -> [[LogValue]] {
    let stream = try await start(query)
    var body: [UInt8] = []
    while let chunk = try await stream.next() { body += chunk }
    let table: ResponseTable
    do throws(RowEncodingError) { table = try ResponseTable(body) } catch {
      throw SourceError(.invalid, error.description, requestID: stream.requestID)
    }
    if let error = table.error {
      throw SourceError(
        error.isTruncation ? .tooLarge : .partial, error.description, requestID: stream.requestID)
    }
    return table.rows.map { row in
      row.map { value in
        switch value {
        case .null: .null
        case .integer(let integer): .integer(integer)
        case .text(let text): .text(text)
        case .real(let real): .real(real)
        case .bool: .other
        }
      }
    }
  }

  func rows(_ query: LogQuery) async throws(SourceError) -> any ResponseStream { try await start(query) }

  private func start(_ query: LogQuery) async throws(SourceError) -> QueryResponse {
    let span = "\(query.span.start.iso8601)/\(query.span.end.iso8601)"
    do throws(AzureError) {
      return QueryResponse(
        stream: try await client.query(
          query.text, search: query.plan == .basic || query.plan == .auxiliary, timespan: span))
    } catch {
      throw SourceError(error)
    }
  }
}

/// An answer that is being read.
private struct QueryResponse: ResponseStream {
  let stream: QueryStream

  var requestID: String? { stream.requestID }

  func next() async throws(SourceError) -> [UInt8]? {
    do throws(HTTPError) { return try await stream.next() } catch {
      throw SourceError(
        error.code == .cancelled ? .cancelled : .interrupted, "the answer broke off: \(error.message)",
        requestID: stream.requestID)
    }
  }

  func cancel() { stream.cancel() }
}

extension SourceError {
  /// What the service said in its own words, and what to do about it.
  init(_ error: AzureError) {
    let refusal = ServiceError(refusal: error.answer)
    let code: Code =
      switch error.kind {
      case .queryTimeout: .tooLarge
      case _ where refusal?.isTruncation == true: .tooLarge
      case .badRequest: .badQuery
      case .unauthenticated, .forbidden: .denied
      case .notFound: .notFound
      case .throttled, .unavailable: .unavailable
      case .unreachable: .unreachable
      case .hostNotAllowed: .hostNotAllowed
      case .cancelled: .cancelled
      case .conflict, .preconditionFailed, .invalidResponse: .invalid
      }
    self.init(code, (refusal?.description ?? error.message) + error.remedy, requestID: error.requestID)
  }
}
