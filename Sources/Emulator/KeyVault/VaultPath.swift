/// What the path of a request to a vault names.
struct VaultPath: Sendable, Equatable {
  enum Place: Sendable, Equatable {
    case secrets
    case versions(String)
    /// The version that is named, or else the current one.
    case secret(String, String?)
    case deletedSecrets
    case deletedSecret(String)
    case recovery(String)
  }

  let vault: String
  let place: Place

  /// The segments of `/keyvault/VAULT/…`; nil for what is no place of a vault.
  init?(_ segments: [String]) {
    guard segments.count >= 3, segments[0] == "keyvault" else { return nil }
    vault = segments[1]
    // Clients leave a slash where no version is meant.
    let rest = Array(segments.dropFirst(2).reversed().drop { $0.isEmpty }.reversed())
    switch (rest.first, rest.count) {
    case ("secrets", 1): place = .secrets
    case ("secrets", 2): place = .secret(rest[1], nil)
    case ("secrets", 3) where rest[2] == "versions": place = .versions(rest[1])
    case ("secrets", 3): place = .secret(rest[1], rest[2])
    case ("deletedsecrets", 1): place = .deletedSecrets
    case ("deletedsecrets", 2): place = .deletedSecret(rest[1])
    case ("deletedsecrets", 3) where rest[2] == "recover": place = .recovery(rest[1])
    default: return nil
    }
  }

  /// Whether a vault or a secret may be called that: letters, digits and hyphens.
  static func isName(_ name: String) -> Bool {
    (1...127).contains(name.utf8.count)
      && name.utf8.allSatisfy { byte in
        (0x61...0x7a).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
      }
  }

  /// Whether a vault may be called that: besides, 3 to 24 characters that begin with a letter, its hyphens single and
  /// none at the end ("Resource name rules").
  static func isVault(_ name: String) -> Bool {
    isName(name) && (3...24).contains(name.utf8.count) && name.first?.isLetter == true && !name.hasSuffix("-")
      && !name.contains("--")
  }

  /// Of the place and the method, for faults and counters.
  func operation(_ method: String) -> Operation {
    switch (method, place) {
    case ("PUT", _): .setSecret
    case ("DELETE", _): .deleteSecret
    case (_, .secret), (_, .deletedSecret): .getSecret
    case (_, .recovery): .setSecret
    default: .listSecrets
    }
  }
}
