/// Sends requests over HTTP and HTTPS, as many at once as are asked for.
///
/// Connections are kept and reused. Redirects are not followed: a credential must
/// not travel to a host that nobody named. Where a kept connection dies before a byte of the
/// answer, curl sends the request anew by itself, a PUT too: a service may see it twice.
package final class HTTPClient: Sendable {
  private let loop: CurlLoop

  package init(_ configuration: HTTPConfiguration = HTTPConfiguration()) {
    loop = CurlLoop(configuration)
    loop.start()
  }

  deinit { loop.send(.stop) }

  /// Sends a request and returns when the head of the response has come, whatever its status.
  ///
  /// Goes over HTTP/2 where a server of HTTPS offers it and this libcurl can pause it
  /// (`CurlHandle.resumesStreams`). A body that nobody reads holds its server back.
  package func stream(_ request: HTTPRequest) async throws(HTTPError) -> HTTPBodyStream {
    try await stream(Transfer(request, mayPause: true))
  }

  private func stream(_ transfer: Transfer) async throws(HTTPError) -> HTTPBodyStream {
    let request = transfer.request
    // The thread might be done with the request before it learns of the cancellation.
    guard !Task.isCancelled else { throw HTTPError(.cancelled, message: "cancelled", url: request.place) }
    loop.send(.start(transfer))
    let head = await withTaskCancellationHandler {
      await transfer.head()
    } onCancel: {
      loop.send(.cancel(transfer))
    }
    return HTTPBodyStream(head: try head.get(), transfer: transfer, client: self, loop: loop)
  }

  /// Sends a request and reads the whole response, whatever its status.
  ///
  /// Goes over HTTP/2 where a server of HTTPS offers it.
  package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    let stream = try await stream(Transfer(request, mayPause: false))
    var body: [UInt8] = []
    while let chunk = try await stream.next() { body += chunk }
    return HTTPResponse(head: stream.head, body: body)
  }
}

/// The body of a response as it comes.
package final class HTTPBodyStream: Sendable {
  package let head: HTTPResponseHead
  private let transfer: Transfer
  /// Keeps the loop running as long as somebody reads.
  private let client: HTTPClient
  private let loop: CurlLoop

  fileprivate init(head: HTTPResponseHead, transfer: Transfer, client: HTTPClient, loop: CurlLoop) {
    self.head = head
    self.transfer = transfer
    self.client = client
    self.loop = loop
  }

  deinit { cancel() }

  /// The next chunk, never empty; nil at the end of a whole body.
  ///
  /// Throws `truncated` where the connection ended before the body did.
  package func next() async throws(HTTPError) -> [UInt8]? {
    let result = await withTaskCancellationHandler {
      await transfer.next { loop.send(.resume(transfer)) }
    } onCancel: {
      loop.send(.cancel(transfer))
    }
    return try result.get()
  }

  /// Gives the rest of the body up, and the connection with it.
  package func cancel() {
    if !transfer.isFinished { loop.send(.cancel(transfer)) }
  }
}
