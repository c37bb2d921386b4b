internal import BlobStorage
internal import FoundationEssentials

/// `AZURE_CLIENT_ID` with `AZURE_CLIENT_SECRET`.
package struct ClientSecretCredential: TokenCredential {
  private let endpoint: TokenEndpoint
  private let client: String
  private let secret: Secret<String>

  package init(pipeline: Pipeline, authority: String, tenant: String, client: String, secret: String) {
    endpoint = TokenEndpoint(pipeline: pipeline, authority: authority, tenant: tenant)
    self.client = client
    self.secret = Secret(secret)
  }

  package func token(scope: String) async throws(AzureError) -> AccessToken {
    try await endpoint.request([
      ("grant_type", "client_credentials"), ("client_id", client), ("client_secret", secret.value), ("scope", scope),
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
    let data = await BlockingThreads.run { FileManager.default.contents(atPath: file) }
    guard let data, let text = String(bytes: data, encoding: .utf8) else {
      throw AzureError(.unauthenticated, "AZURE_FEDERATED_TOKEN_FILE \(file) cannot be read")
    }
    let assertion = Secret(text.split(whereSeparator: \.isWhitespace).joined())
    guard !assertion.value.isEmpty else {
      throw AzureError(.unauthenticated, "AZURE_FEDERATED_TOKEN_FILE \(file) is empty")
    }
    return try await endpoint.request([
      ("grant_type", "client_credentials"), ("client_id", client), ("scope", scope),
      ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
      ("client_assertion", assertion.value),
    ])
  }
}
