internal import FoundationEssentials
internal import HTTP

/// Reads secrets of Azure Key Vault.
package struct KeyVaultClient: Sendable {
  private let pipeline: Pipeline
  private let authorizer: BearerAuthorizer
  private let cloud: CloudEnvironment

  /// `tokens` are those of an identity that may get secrets (the role Key Vault Secrets User).
  package init(pipeline: Pipeline, tokens: TokenCache, cloud: CloudEnvironment) {
    self.pipeline = pipeline
    self.cloud = cloud
    authorizer = BearerAuthorizer(tokens, scope: cloud.keyVaultScope)
  }

  /// `GET /secrets/{name}/{version}` of API version 7.4.
  package func secret(_ reference: KeyVaultReference) async throws(AzureError) -> Secret<String> {
    let path = "/secrets/\(reference.name)" + (reference.version.map { "/\($0)" } ?? "")
    let request = HTTPRequest(
      method: "GET", url: cloud.keyVaultURL(reference.vault) + path + "?api-version=7.4",
      headers: [("Accept", "application/json")])
    let response: HTTPResponse
    do throws(AzureError) { response = try await pipeline.send(request, to: .keyVault, authorizer) } catch {
      var named = error
      named.message = "\(reference) cannot be read: \(error.message)"
      throw named
    }
    // An answer that is no JSON is reported below with its status.
    let answer = try? JSONDecoder().decode(Answer.self, from: Data(response.body))
    guard response.head.status == 200, let value = answer?.value else {
      throw Self.refusal(reference, response, answer)
    }
    guard !value.isEmpty else { throw AzureError(.notFound, "\(reference) is empty") }
    return Secret(value.withoutLineEnd)
  }

  private static func refusal(
    _ reference: KeyVaultReference, _ response: HTTPResponse, _ answer: Answer?
  ) -> AzureError {
    let status = response.head.status
    let code = answer?.error?.innererror?.code ?? answer?.error?.code
    let (kind, remedy): (AzureError.Kind, String) =
      switch status {
      case 200:
        (
          .invalidResponse,
          " without a secret\n  Look what stands between here and the vault: a proxy, or another host."
        )
      case 403 where code == "SecretDisabled":
        (.forbidden, "\n  The secret, or this version of it, is disabled: enable it, or name another.")
      case 401: (.unauthenticated, "")
      case 403: (.forbidden, "\n  The identity needs the role Key Vault Secrets User, and a way through its firewall.")
      case 404: (.notFound, "\n  The vault has no such secret, or no such version of it.")
      case 429: (.throttled, "")
      case 500...599: (.unavailable, "")
      default: (.invalidResponse, "")
      }
    return AzureError(
      kind, "\(reference) cannot be read: the vault answered \(status)" + (code.map { " \($0)" } ?? "") + remedy,
      status: status, serviceCode: code, requestID: response.head["x-ms-request-id"])
  }

  /// A secret bundle or an error of the service.
  private struct Answer: Decodable {
    var value: String?
    var error: Failure?

    struct Failure: Decodable {
      var code: String?
      var innererror: Inner?
    }
    struct Inner: Decodable { var code: String? }
  }
}
