package import HTTP

/// A storage connection string: `BlobEndpoint=…;AccountName=…;AccountKey=…` or with a SAS.
package struct ConnectionString: Sendable {
  package let account: String?
  /// Scheme, host and path of the blob service, without a trailing slash.
  package let blobEndpoint: String
  /// Base64.
  package let key: Secret<String>?
  package let sas: Secret<String>?

  /// Nil where the text has none of the parts that would let it reach an account.
  package init?(_ secret: Secret<String>) {
    var values: [String: String] = [:]
    for part in secret.revealed.split(separator: ";") {
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
      (key, sas) = (Secret(DevelopmentIdentity.key), nil)
      return
    }
    account = values["accountname"]
    key = values["accountkey"].map(Secret.init)
    sas = values["sharedaccesssignature"].map(Secret.init)
    var endpoint = values["blobendpoint"]
    if endpoint == nil, let account {
      endpoint =
        "\(values["defaultendpointsprotocol"] ?? "https")://\(account).blob.\(values["endpointsuffix"] ?? "core.windows.net")"
    }
    guard var endpoint, (account != nil && key != nil) || sas != nil else { return nil }
    while endpoint.hasSuffix("/") { endpoint.removeLast() }
    blobEndpoint = endpoint
  }
}

extension ConnectionString {
  /// What of it contradicts a blob service's URL, for people, naming both; nil where nothing does.
  package func contradiction(to url: String) -> String? {
    guard let own = URLParts(blobEndpoint), let other = URLParts(url) else { return "it names no blob service's URL" }
    if own.service != other.service { return "it is of \(own.service), but the spec names \(other.service)" }
    if let account, let named = other.storageAccount, account != named {
      return "it is of account \(account), but the spec names account \(named)"
    }
    return nil
  }
}

extension URLParts {
  /// The storage account that a blob service's URL names: in its path, as an emulator does, or
  /// before `.blob.` in its host; nil for a domain of one's own.
  package var storageAccount: String? {
    if let segment = path.split(separator: "/").first { return String(segment) }
    let label = host.prefix { $0 != "." }
    return host.contains(".blob.") ? String(label) : nil
  }

  /// The whole URL in one spelling: without a port that goes without saying, or slashes at its end.
  fileprivate var service: String {
    let isUsual = port == nil || port == (scheme == "https" ? "443" : "80")
    return "\(scheme)://\(isUsual ? host : authority)" + path.split(separator: "/").map { "/\($0)" }.joined()
  }
}
