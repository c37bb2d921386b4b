internal import FoundationEssentials
package import HTTP

/// `AZURE_CLIENT_ID` with `AZURE_CLIENT_SECRET`.
package struct ClientSecretCredential: TokenCredential {
  private let endpoint: TokenEndpoint
  private let client: String
  private let secret: String

  package init(pipeline: Pipeline, authority: String, tenant: String, client: String, secret: String) {
    endpoint = TokenEndpoint(pipeline: pipeline, authority: authority, tenant: tenant)
    self.client = client
    self.secret = secret
  }

  package func token(scope: String) async throws(AzureError) -> AccessToken {
    try await endpoint.request([
      ("grant_type", "client_credentials"), ("client_id", client), ("client_secret", secret), ("scope", scope),
    ])
  }
}

/// `AZURE_FEDERATED_TOKEN_FILE`, as GitHub Actions and Kubernetes provide it; the
/// file is read again for each token, since it is renewed.
package struct WorkloadIdentityCredential: TokenCredential {
  private let endpoint: TokenEndpoint
  private let client: String
  private let file: String

  package init(pipeline: Pipeline, authority: String, tenant: String, client: String, file: String) {
    endpoint = TokenEndpoint(pipeline: pipeline, authority: authority, tenant: tenant)
    self.client = client
    self.file = file
  }

  package func token(scope: String) async throws(AzureError) -> AccessToken {
    guard let data = FileManager.default.contents(atPath: file), let assertion = String(bytes: data, encoding: .utf8) else {
      throw AzureError(.unauthenticated, "AZURE_FEDERATED_TOKEN_FILE \(file) cannot be read")
    }
    return try await endpoint.request([
      ("grant_type", "client_credentials"), ("client_id", client), ("scope", scope),
      ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
      ("client_assertion", assertion.split(whereSeparator: \.isWhitespace).joined()),
    ])
  }
}

/// The managed identity of the machine, by the instance metadata service, or by the
/// endpoint that App Service names in `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`
/// (names that no source at hand confirms).
package struct ManagedIdentityCredential: TokenCredential {
  private let client: HTTPClient
  private let clientID: String?
  private let appService: (endpoint: String, header: String)?

  /// `clientID` picks a user-assigned identity.
  package init(client: HTTPClient, clientID: String?, appService: (endpoint: String, header: String)?) {
    self.client = client
    self.clientID = clientID
    self.appService = appService
  }

  package func token(scope: String) async throws(AzureError) -> AccessToken {
    let resource = scope.hasSuffix("/.default") ? String(scope.dropLast("/.default".count)) : scope
    var url =
      (appService?.endpoint ?? "http://169.254.169.254/metadata/identity/oauth2/token")
      + "?api-version=\(appService == nil ? "2018-02-01" : "2019-08-01")&resource=\(PercentEncoding.query(resource))"
    if let clientID { url += "&client_id=\(PercentEncoding.query(clientID))" }
    let header = appService.map { ("X-IDENTITY-HEADER", $0.header) } ?? ("Metadata", "true")
    // The metadata service is link-local and answers at once or not at all.
    let request = HTTPRequest(
      method: "GET", url: url, headers: [header], usesProxy: false, headTimeout: .seconds(5))
    let response: HTTPResponse
    do throws(HTTPError) { response = try await client.send(request) } catch {
      throw AzureError(.unauthenticated, "no managed identity: \(error)")
    }
    return try TokenEndpoint.token(response, from: "the managed identity's endpoint")
  }
}
