internal import BlobStorage
internal import FoundationEssentials

/// `AZURE_CLIENT_ID` with `AZURE_CLIENT_SECRET`.
package struct ClientSecretCredential: TokenCredential {
  private let endpoint: TokenEndpoint
  private let client: String
  private let secret: SecretSource

  package init(pipeline: Pipeline, authority: String, tenant: String, client: String, secret: SecretSource) {
    endpoint = TokenEndpoint(pipeline: pipeline, authority: authority, tenant: tenant)
    self.client = client
    self.secret = secret
  }

  package func token(scope: String) async throws(AzureError) -> AccessToken {
    let secret = try await secret.value()
    return try await endpoint.request(client: client, scope: scope, secret: secret)
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
    guard !assertion.revealed.isEmpty else {
      throw AzureError(.unauthenticated, "AZURE_FEDERATED_TOKEN_FILE \(file) is empty")
    }
    return try await endpoint.request(client: client, scope: scope, assertion: assertion)
  }
}
