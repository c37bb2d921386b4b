/// A storage connection string: `BlobEndpoint=…;AccountName=…;AccountKey=…` or with a SAS.
package struct ConnectionString: Sendable {
  package let account: String?
  /// Scheme, host and path of the blob service, without a trailing slash.
  package let blobEndpoint: String?
  private let secretKey: Secret<String>?
  private let secretSAS: Secret<String>?

  /// Base64.
  package var key: String? { secretKey?.value }
  package var sas: String? { secretSAS?.value }

  /// Nil where the text has none of the parts that would let it reach an account.
  package init?(_ text: String) {
    var values: [String: String] = [:]
    for part in text.split(separator: ";") {
      let pair = part.drop(while: \.isWhitespace)
      if pair.isEmpty { continue }
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard sides.count == 2 else { return nil }
      let value = String(sides[1].reversed().drop(while: \.isWhitespace).reversed())
      if !value.isEmpty { values[sides[0].lowercased()] = value }
    }
    if values["usedevelopmentstorage"]?.lowercased() == "true" {
      account = DevelopmentIdentity.account
      blobEndpoint = "http://127.0.0.1:10000/\(DevelopmentIdentity.account)"
      (secretKey, secretSAS) = (Secret(DevelopmentIdentity.key), nil)
      return
    }
    account = values["accountname"]
    secretKey = values["accountkey"].map(Secret.init)
    secretSAS = values["sharedaccesssignature"].map(Secret.init)
    var endpoint = values["blobendpoint"]
    if endpoint == nil, let account {
      endpoint =
        "\(values["defaultendpointsprotocol"] ?? "https")://\(account).blob.\(values["endpointsuffix"] ?? "core.windows.net")"
    }
    while endpoint?.hasSuffix("/") == true { endpoint?.removeLast() }
    blobEndpoint = endpoint
    guard endpoint != nil, (account != nil && secretKey != nil) || secretSAS != nil else { return nil }
  }
}
