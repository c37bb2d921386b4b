/// A shared access signature: an account SAS, or a service SAS for one
/// container or blob. IP ranges and protocols are signed but not enforced.
struct SharedAccessSignature {
  /// What an operation needs of a signature.
  struct Need {
    /// Any one of these permission letters is enough.
    var permissions: String
    /// The account SAS resource type: `s`, `c` or `o`.
    var resourceType: Character
    /// Nil where only an account SAS can grant the operation.
    var container: String?
    var blob: String?
  }

  private let fields: [String: String]

  /// Reads the signature in a query; nil where there is none.
  init?(query: [(name: String, value: String)]) {
    var fields: [String: String] = [:]
    for (name, value) in query { fields[name] = value }
    guard fields["sig"] != nil else { return nil }
    self.fields = fields
  }

  /// Checks signature, times and permissions.
  func check(_ need: Need, account: StorageAccount, now: Int64) throws(StorageError) {
    let version = self["sv"]
    guard version >= "2018-11-09" else {
      throw .authenticationFailed("SAS versions before 2018-11-09 are not emulated")
    }
    guard fields["skoid"] == nil else {
      throw .authenticationFailed("user delegation SAS is not emulated")
    }
    guard fields["si"] == nil else {
      throw .authenticationFailed("stored access policies are not emulated")
    }
    let isAccount = fields["ss"] != nil
    let text = isAccount ? accountString(account.name) : try serviceString(account.name, need)
    guard let signature = Base64.decode(self["sig"]),
      signature == Digest.hmac(key: account.key, Array(text.utf8))
    else { throw .authenticationFailed("Signature did not match. String to sign used was \(text)") }
    try checkTimes(now)
    if isAccount {
      guard self["ss"].contains("b") else { throw .authorizationFailure("AuthorizationServiceMismatch") }
      guard self["srt"].contains(need.resourceType) else {
        throw .authorizationFailure("AuthorizationResourceTypeMismatch")
      }
    }
    guard need.permissions.contains(where: { self["sp"].contains($0) }) else {
      throw .authorizationFailure("AuthorizationPermissionMismatch")
    }
  }

  private func checkTimes(_ now: Int64) throws(StorageError) {
    guard let expiry = HTTPDate.parseISO(self["se"]) else {
      throw .authenticationFailed("se is mandatory. Cannot be empty")
    }
    guard now < expiry else {
      throw .authenticationFailed("Signed expiry time [\(self["se"])] has to be after signed start time")
    }
    if let start = fields["st"] {
      guard let time = HTTPDate.parseISO(start), time <= now else {
        throw .authenticationFailed("Signature not valid in the specified time frame")
      }
    }
  }

  private func accountString(_ account: String) -> String {
    var lines = [account] + ["sp", "ss", "srt", "st", "se", "sip", "spr", "sv"].map { self[$0] }
    if self["sv"] >= "2020-12-06" { lines.append(self["ses"]) }
    return lines.joined(separator: "\n") + "\n"
  }

  private func serviceString(_ account: String, _ need: Need) throws(StorageError) -> String {
    guard let container = need.container else {
      throw .authorizationFailure("AuthorizationResourceTypeMismatch")
    }
    var resource = "/blob/\(account)/\(container)"
    switch self["sr"] {
    case "c": break
    case "b":
      guard let blob = need.blob else { throw .authorizationFailure("AuthorizationResourceTypeMismatch") }
      resource += "/\(blob)"
    default: throw .authenticationFailed("sr=\(self["sr"]) is not emulated")
    }
    var lines = [self["sp"], self["st"], self["se"], resource, self["si"], self["sip"], self["spr"], self["sv"]]
    lines += [self["sr"], self["snapshot"]]
    if self["sv"] >= "2020-12-06" { lines.append(self["ses"]) }
    lines += ["rscc", "rscd", "rsce", "rscl", "rsct"].map { self[$0] }
    return lines.joined(separator: "\n")
  }

  private subscript(name: String) -> String { fields[name] ?? "" }
}
