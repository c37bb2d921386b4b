internal import HTTP

/// The variables that hold a secret of a storage account; each may refer to a key vault.
package enum StorageSecret: String, CaseIterable, Sendable {
  case connectionString = "AZURE_STORAGE_CONNECTION_STRING"
  case key = "AZURE_STORAGE_KEY"
  case sas = "AZURE_STORAGE_SAS_TOKEN"

  /// By the first of them that is set, for the blob service at `url`; nil where none is.
  ///
  /// What is wrong with a secret that the environment holds is thrown at once, with one of a key
  /// vault when the first request needs it.
  package static func authorizer(
    of url: String, _ credentials: EnvironmentCredentials
  ) throws(AzureError) -> (any Authorizer)? {
    for kind in allCases {
      switch try credentials.secret(kind.rawValue) {
      case nil: continue
      case .text(let secret): return try kind.authorizer(secret, of: url)
      case .keyVault(let reference, let client):
        return DeferredAuthorizer(origin: "\(kind.rawValue) of \(reference)") { () async throws(AzureError) in
          try kind.authorizer(try await client.secret(reference), of: url)
        }
      }
    }
    return nil
  }

  /// The variable that requests are signed by such that an account takes them only while it accepts its keys; nil
  /// where a token is used, or a SAS that was signed by one (a user delegation SAS).
  ///
  /// What a key vault holds is not read for this: it is taken for signed by a key.
  package static func signedByKey(_ credentials: EnvironmentCredentials) throws(AzureError) -> String? {
    for kind in allCases {
      switch try credentials.secret(kind.rawValue) {
      case nil: continue
      case .text(let secret): return kind.isSignedByKey(secret) ? kind.rawValue : nil
      case .keyVault: return kind.rawValue
      }
    }
    return nil
  }

  private func isSignedByKey(_ secret: Secret<String>) -> Bool {
    switch self {
    case .key: true
    case .sas: !Self.isDelegated(secret)
    case .connectionString:
      ConnectionString(secret).map { $0.key != nil || !($0.sas.map(Self.isDelegated) ?? false) } ?? true
    }
  }

  /// `skoid` names who signed a user delegation SAS; no other has it.
  private static func isDelegated(_ sas: Secret<String>) -> Bool {
    sas.revealed.split { "?&".contains($0) }.contains { $0.hasPrefix("skoid=") }
  }

  private func authorizer(_ secret: Secret<String>, of url: String) throws(AzureError) -> any Authorizer {
    let parts = URLParts(url)
    // A domain of one's own says nothing of the account, unless it begins with it.
    let account = parts?.storageAccount ?? parts.map { String($0.host.prefix { $0 != "." }) } ?? ""
    switch self {
    case .key: return try Self.sharedKey(account, secret, rawValue)
    case .sas: return try Self.sas(secret, rawValue)
    case .connectionString:
      guard let connection = ConnectionString(secret) else {
        throw AzureError(.unauthenticated, "\(rawValue) is no connection string with a key or a SAS")
      }
      if let problem = connection.contradiction(to: url) {
        throw AzureError(
          .badRequest, "\(rawValue) does not fit the spec: \(problem)\n  Unset it, or correct either.")
      }
      if let sas = connection.sas, connection.key == nil { return try Self.sas(sas, "the connection string's SAS") }
      guard let key = connection.key else {
        throw AzureError(.unauthenticated, "\(rawValue) has neither a key nor a SAS")
      }
      return try Self.sharedKey(connection.account ?? account, key, "the connection string's key")
    }
  }

  private static func sas(_ token: Secret<String>, _ origin: String) throws(AzureError) -> SASAuthorizer {
    let text = token.revealed
    guard text.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
      throw AzureError(
        .unauthenticated, "\(origin) has a blank or a line end within\n  It is one line, as Azure shows it.")
    }
    guard !text.contains("://"),
      text.split(whereSeparator: { "?&".contains($0) }).contains(where: { $0.hasPrefix("sig=") })
    else {
      throw AzureError(
        .unauthenticated,
        "\(origin) is no shared access signature\n  It is the query of a URL alone, such as sv=…&sp=…&se=…&sig=…")
    }
    return SASAuthorizer(token: token)
  }

  private static func sharedKey(
    _ account: String, _ key: Secret<String>, _ origin: String
  ) throws(AzureError) -> any Authorizer {
    guard let authorizer = SharedKeyAuthorizer(account: account, key: key) else {
      let hint = key.revealed.contains(where: \.isWhitespace) ? ": it has a blank or a line end within" : ""
      throw AzureError(.unauthenticated, "\(origin) is no base64\(hint)")
    }
    return authorizer
  }
}
