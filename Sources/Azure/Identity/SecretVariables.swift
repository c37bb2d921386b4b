/// The environment's variables that hold secrets, or refer to one in a key vault.
package struct SecretVariables: Sendable {
  private let variables: [String: String]

  /// `variables` of the process and of `.env`, by name.
  package init(_ variables: [String: String]) { self.variables = variables }

  /// Those that say how to sign in; with none of them the emulator's own application does.
  static let waysToTokens = [
    "AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_FEDERATED_TOKEN_FILE", "IDENTITY_ENDPOINT",
    "AZURE_POD_IDENTITY_AUTHORITY_HOST", "AZURE_TOKEN_CREDENTIALS",
  ]

  /// Those that hold a secret themselves.
  package static let secrets =
    ["AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PASSWORD", "IDENTITY_HEADER"]
    + StorageSecret.allCases.map(\.rawValue)

  /// Those that are set and choose a credential, the emulator's public ones left out.
  package var choosing: [String] {
    let names = Self.waysToTokens + StorageSecret.allCases.map(\.rawValue) + ["AZURE_AUTHORITY_HOST"]
    return names.filter { name in
      self[name].map { ![DevelopmentIdentity.secret, DevelopmentIdentity.key].contains($0) } ?? false
    }
  }

  /// A variable that is set to something.
  package subscript(name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }

  /// The reference that a variable holds; nil where it is unset or holds the secret itself.
  package func reference(_ name: String) throws(AzureError) -> KeyVaultReference? {
    guard let text = self[name] else { return nil }
    do throws(AzureError) { return try KeyVaultReference(text) } catch {
      var named = error
      named.message = "\(name): \(error.message)"
      throw named
    }
  }

  /// The secret of a variable; nil where it is unset. `client` is made where a vault must be asked.
  package func secret(
    _ name: String, through client: () throws(AzureError) -> KeyVaultClient
  ) throws(AzureError) -> SecretSource? {
    if let reference = try reference(name) { return .keyVault(reference, try client()) }
    return self[name].map { .text(Secret($0.withoutLineEnd)) }
  }
}

extension String {
  /// Without the line end that `echo` or an editor leaves behind a secret; no secret of Azure ends with one.
  var withoutLineEnd: String { String(self[..<(lastIndex { !$0.isNewline }.map(index(after:)) ?? startIndex)]) }
}
