internal import BlobStorage
package import HTTP
package import Pacing

/// The managed identity of the machine, by the instance metadata service, or by the
/// endpoint that App Service names in `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`.
package struct ManagedIdentityCredential: TokenCredential {
  private let client: HTTPClient
  private let clientID: String?
  private let endpoint: String
  /// App Service's header; nil for the metadata service.
  private let header: Secret<String>?
  private let backoff: Backoff
  private let updatePause: Duration

  /// The metadata service of every Azure machine.
  private static let metadataHost = "http://169.254.169.254"
  /// Attempts while the metadata service is being updated: "it is back within 70 seconds".
  private static let updateAttempts = 8

  /// `clientID` picks a user-assigned identity; `metadataHost` are scheme and host of another
  /// metadata service, as `AZURE_POD_IDENTITY_AUTHORITY_HOST` names it; `updatePause` lies between
  /// attempts while it is being updated.
  package init(
    client: HTTPClient, clientID: String?, appService: (endpoint: String, header: String)?,
    metadataHost: String? = nil, backoff: Backoff = Backoff(attempts: 4), updatePause: Duration = .seconds(10)
  ) {
    self.client = client
    self.clientID = clientID
    self.backoff = backoff
    self.updatePause = updatePause
    let host = metadataHost.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 } ?? Self.metadataHost
    endpoint = appService?.endpoint ?? "\(host)/metadata/identity/oauth2/token"
    header = (appService?.header).map(Secret.init)
  }

  package func token(scope: String) async throws(AzureError) -> AccessToken {
    // A settings file beside the spec may name the endpoint: it must not reach beyond this machine.
    guard let parts = URLParts(endpoint), parts.isLoopback || parts.isLinkLocal else {
      let variable = header == nil ? "AZURE_POD_IDENTITY_AUTHORITY_HOST" : "IDENTITY_ENDPOINT"
      throw AzureError(
        .hostNotAllowed,
        "\(variable) is no endpoint of this machine, so nothing is asked or sent there\n  Unset it, or correct it.")
    }
    var url = endpoint + "?api-version=\(header == nil ? "2018-02-01" : "2019-08-01")"
    url += "&resource=\(PercentEncoding.query(resource(of: scope)))"
    if let clientID { url += "&client_id=\(PercentEncoding.query(clientID))" }
    // The metadata service is link-local and takes connections at once; where there is none, packets
    // to it may vanish, and the next way to a token must not wait for long.
    let request = HTTPRequest(
      method: "GET", url: url, headers: [header.map { ("X-IDENTITY-HEADER", $0.revealed) } ?? ("Metadata", "true")],
      usesProxy: false, headTimeout: .seconds(5), connectTimeout: .seconds(2))
    var attempt = 1
    while true {
      let response: HTTPResponse
      do throws(HTTPError) { response = try await client.send(request) } catch {
        if error.code == .cancelled { throw AzureError(.cancelled, "stopped") }
        throw AzureError(.unauthenticated, "no managed identity: \(error)")
      }
      guard let delay = delay(after: response.head, attempt: attempt) else {
        return try TokenAnswer.token(response, from: "the managed identity's endpoint")
      }
      do { try await Task.sleep(for: delay) } catch { throw AzureError(.cancelled, "stopped") }
      attempt += 1
    }
  }

  /// How long to wait for another attempt; nil where the answer stands.
  ///
  /// By "Retry guidance" of Microsoft's page on tokens of virtual machines the metadata service answers
  /// 404 where its endpoint, or an identity that was just assigned, is not there yet, and 410 while it is
  /// being updated.
  private func delay(after head: HTTPResponseHead, attempt: Int) -> Duration? {
    let isMetadataService = header == nil
    if isMetadataService, head.status == 410 { return attempt < Self.updateAttempts ? updatePause : nil }
    guard RetryDecision.isTransient(status: head.status) || (isMetadataService && head.status == 404) else {
      return nil
    }
    return backoff.delay(attempt: attempt, retryAfter: RetryDecision.retryAfter(head))
  }
}
