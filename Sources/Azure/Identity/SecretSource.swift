/// Where a secret comes from that a variable holds or refers to.
package enum SecretSource: Sendable {
  /// The variable holds it.
  case text(Secret<String>)
  /// A key vault holds it, which is asked when it is needed, and each time, as it may be replaced.
  case keyVault(KeyVaultReference, KeyVaultClient)

  /// The secret itself.
  package func value() async throws(AzureError) -> Secret<String> {
    switch self {
    case .text(let secret): secret
    case .keyVault(let reference, let client): try await client.secret(reference)
    }
  }
}
