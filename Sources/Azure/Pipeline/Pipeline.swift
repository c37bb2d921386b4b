package import HTTP
package import Pacing

/// Sends requests to the services: authorises, retries, and names what failed.
package struct Pipeline: Sendable {
  private let client: HTTPClient
  private let hosts: HostPolicy
  private let backoff: Backoff
  private let reached = ReachedHosts()
  private let ids: RequestIDs
  /// Called before each wait, with the reason.
  private let onRetry: @Sendable (String) -> Void

  package init(
    client: HTTPClient, hosts: HostPolicy, backoff: Backoff = Backoff(), ids: RequestIDs = RequestIDs(),
    onRetry: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.client = client
    self.hosts = hosts
    self.backoff = backoff
    self.ids = ids
    self.onRetry = onRetry
  }
}

extension Pipeline {
  /// Sends a request and reads the response, whatever its final status.
  ///
  /// `service` is the one whose credentials `authorizer` puts on it, or the body holds: no other's host gets it.
  package func send(
    _ request: HTTPRequest, to service: AzureService, _ authorizer: (any Authorizer)?
  ) async throws(AzureError) -> HTTPResponse {
    func exchange(_ request: HTTPRequest) async throws(HTTPError) -> (HTTPResponseHead, HTTPResponse) {
      let response = try await client.send(request)
      return (response.head, response)
    }
    return try await attempt(request, service, authorizer, keeps: { _ in false }, pace: nil, exchange)
  }

  /// Sends a request and returns with its head; statuses that `keeps` names are not retried.
  package func stream(
    _ request: HTTPRequest, to service: AzureService, _ authorizer: (any Authorizer)?,
    keeps: @escaping @Sendable (Int) -> Bool, pace: (any RequestPace)? = nil
  ) async throws(AzureError) -> HTTPBodyStream {
    func exchange(_ request: HTTPRequest) async throws(HTTPError) -> (HTTPResponseHead, HTTPBodyStream) {
      let stream = try await client.stream(request)
      return (stream.head, stream)
    }
    return try await attempt(request, service, authorizer, keeps: keeps, pace: pace, exchange)
  }

  private func attempt<Result>(
    _ request: HTTPRequest, _ service: AzureService, _ authorizer: (any Authorizer)?,
    keeps: @escaping @Sendable (Int) -> Bool, pace: (any RequestPace)?,
    _ exchange: (HTTPRequest) async throws(HTTPError) -> (HTTPResponseHead, Result)
  ) async throws(AzureError) -> Result {
    let target = try hosts.check(request.url, of: service)
    var attempts = Attempts(backoff, keeps: keeps)
    var refused: HTTPRequest?
    while true {
      // Before it is signed: a token may expire in the queue.
      do throws(CancellationError) { try await pace?.admit() } catch { throw AzureError(.cancelled, "stopped") }
      var signed = request
      signed.headers.append(("x-ms-client-request-id", ids.next()))
      try await authorizer?.authorize(&signed, refused: refused)
      refused = nil
      let sent = ContinuousClock.now
      let step: Attempts.Step
      let reason: String
      do throws(HTTPError) {
        let answer = try await exchange(signed)
        reached.insert(target.authority)
        pace?.answered(answer.0, sent: sent)
        guard let next = attempts.next(answer.0, canRenew: authorizer?.canRefresh ?? false) else { return answer.1 }
        step = next
        reason = "\(request.method) \(request.place) answered \(answer.0.status)"
      } catch {
        step = attempts.next(error, isKnown: reached.contains(target.authority), sent: sent, at: .now)
        reason = error.description
      }
      switch step {
      case .renew: refused = signed
      case .wait(let delay): try await pause(delay, reason)
      case .fail(let error): throw error
      }
    }
  }

  private func pause(_ delay: Duration, _ reason: String) async throws(AzureError) {
    onRetry(reason)
    do { try await Task.sleep(for: delay) } catch { throw AzureError(.cancelled, "stopped") }
  }
}
