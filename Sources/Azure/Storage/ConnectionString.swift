/// A storage connection string: `BlobEndpoint=…;AccountName=…;AccountKey=…` or with a SAS.
package struct ConnectionString: Sendable {
  package var account: String?
  package var key: String?
  package var sas: String?
  package var blobEndpoint: String?

  /// Nil where the text has none of the parts that would let it reach an account.
  package init?(_ text: String) {
    var values: [String: String] = [:]
    for pair in text.split(separator: ";") {
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard sides.count == 2 else { return nil }
      values[sides[0].lowercased()] = String(sides[1])
    }
    if values["usedevelopmentstorage"]?.lowercased() == "true" {
      account = DevelopmentIdentity.account
      key = DevelopmentIdentity.key
      blobEndpoint = "http://127.0.0.1:10000/\(DevelopmentIdentity.account)"
      return
    }
    account = values["accountname"]
    key = values["accountkey"]
    sas = values["sharedaccesssignature"]
    blobEndpoint = values["blobendpoint"]
    if blobEndpoint == nil, let account {
      blobEndpoint =
        "\(values["defaultendpointsprotocol"] ?? "https")://\(account).blob.\(values["endpointsuffix"] ?? "core.windows.net")"
    }
    guard blobEndpoint != nil, key != nil || sas != nil else { return nil }
  }
}
