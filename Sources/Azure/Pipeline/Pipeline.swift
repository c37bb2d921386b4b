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
  package func send(_ request: HTTPRequest, _ authorizer: (any Authorizer)?) async throws(AzureError) -> HTTPResponse {
    func exchange(_ request: HTTPRequest) async throws(HTTPError) -> (HTTPResponseHead, HTTPResponse) {
      let response = try await client.send(request)
      return (response.head, response)
    }
    return try await attempt(request, authorizer, keeps: { _ in false }, admit: {}, exchange)
  }

  /// Sends a request and returns with its head; statuses that `keeps` names are not retried.
  ///
  /// `admit` is awaited before each attempt: the service counts them all.
  package func stream(
    _ request: HTTPRequest, _ authorizer: (any Authorizer)?, keeps: @Sendable (Int) -> Bool,
    admit: () async throws(CancellationError) -> Void = {}
  ) async throws(AzureError) -> HTTPBodyStream {
    func exchange(_ request: HTTPRequest) async throws(HTTPError) -> (HTTPResponseHead, HTTPBodyStream) {
      let stream = try await client.stream(request)
      return (stream.head, stream)
    }
    return try await attempt(request, authorizer, keeps: keeps, admit: admit, exchange)
  }

  private func attempt<Result>(
    _ request: HTTPRequest, _ authorizer: (any Authorizer)?, keeps: @Sendable (Int) -> Bool,
    admit: () async throws(CancellationError) -> Void,
    _ exchange: (HTTPRequest) async throws(HTTPError) -> (HTTPResponseHead, Result)
  ) async throws(AzureError) -> Result {
    let target = try hosts.check(request.url)
    var refused: HTTPRequest?
    var isRefreshed = false
    var attempt = 1
    var patience = Patience()
    while true {
      var signed = request
      signed.headers.append(("x-ms-client-request-id", ids.next()))
      try await authorizer?.authorize(&signed, refused: refused)
      refused = nil
      do throws(CancellationError) { try await admit() } catch { throw AzureError(.cancelled, "stopped") }
      let begun = ContinuousClock.now
      let outcome: (head: HTTPResponseHead, result: Result)?
      var failure: HTTPError?
      do throws(HTTPError) { outcome = try await exchange(signed) } catch {
        outcome = nil
        failure = error
      }
      if let failure {
        if failure.code == .cancelled { throw AzureError(.cancelled, "stopped") }
        if RetryDecision.isUnreachable(failure) {
          guard RetryDecision.isTransient(failure),
            let delay = patience.delay(
              backoff, isKnown: reached.contains(target.authority), begun: begun, at: .now)
          else { throw AzureError(.unreachable, failure.description + Self.remedy(failure)) }
          try await pause(delay, failure.description)
          continue
        }
        patience.end()
        guard RetryDecision.isTransient(failure), let delay = backoff.delay(attempt: attempt, retryAfter: nil) else {
          throw AzureError(failure.code == .authorities ? .badRequest : .unavailable, failure.description)
        }
        try await pause(delay, failure.description)
      } else if let outcome {
        let status = outcome.head.status
        patience.end()
        reached.insert(target.authority)
        if status == 401, authorizer?.canRefresh == true, !isRefreshed {
          (refused, isRefreshed) = (signed, true)
          continue
        }
        guard RetryDecision.isTransient(status: status), !keeps(status) else { return outcome.result }
        let reason = "\(request.method) \(request.place) answered \(status)"
        guard let delay = backoff.delay(attempt: attempt, retryAfter: RetryDecision.retryAfter(outcome.head)) else {
          return outcome.result
        }
        try await pause(delay, reason)
      }
      attempt += 1
    }
  }

  private static func remedy(_ failure: HTTPError) -> String {
    guard failure.code == .tls else { return "" }
    return "\n  If an authority of your own signs the host's certificate, trust it with --ca-file FILE."
  }

  private func pause(_ delay: Duration, _ reason: String) async throws(AzureError) {
    onRetry(reason)
    do { try await Task.sleep(for: delay) } catch { throw AzureError(.cancelled, "stopped") }
  }
}
