/// Where in a key vault a secret lies: `${keyvault:VAULT/NAME}` or `${keyvault:VAULT/NAME/VERSION}`.
package struct KeyVaultReference: Sendable, Equatable {
  /// The vault's name, which with the cloud's suffix is its host.
  package let vault: String
  package let name: String
  /// 32 hexadecimal digits; nil for the current version.
  package let version: String?

  /// Nil where the text is none, and is meant as it stands.
  ///
  /// Throws where it looks like one but names no secret that could exist: the vault's name
  /// becomes part of a host, so that nothing else may stand in it.
  package init?(_ text: String) throws(AzureError) {
    guard text.contains(Self.opening) else { return nil }
    guard text.hasPrefix(Self.opening), text.hasSuffix("}") else {
      throw AzureError(.badRequest, "a reference to a key vault is the whole value, or none of it\n  \(Self.form)")
    }
    let parts = text.dropFirst(Self.opening.count).dropLast().split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2 || parts.count == 3 else {
      throw AzureError(.badRequest, "a reference to a key vault names a vault and a secret\n  \(Self.form)")
    }
    guard Self.isVault(parts[0]) else {
      throw AzureError(
        .badRequest,
        "'\(parts[0])' is no key vault's name: 3 to 24 letters, digits and single hyphens, beginning with a letter\n"
          + "  The name stands alone, without the host that follows it.")
    }
    guard Self.isSecret(parts[1]) else {
      throw AzureError(.badRequest, "'\(parts[1])' is no secret's name: 1 to 127 letters, digits and hyphens")
    }
    if parts.count == 3 {
      guard parts[2].utf8.count == 32, parts[2].utf8.allSatisfy({ Self.isHexadecimal($0) }) else {
        throw AzureError(.badRequest, "'\(parts[2])' is no version of a secret: 32 hexadecimal digits")
      }
    }
    vault = parts[0].lowercased()
    name = String(parts[1])
    version = parts.count == 3 ? String(parts[2]) : nil
  }
}

extension KeyVaultReference: CustomStringConvertible {
  /// As it is written.
  package var description: String { Self.opening + path + "}" }

  private var path: String { "\(vault)/\(name)" + (version.map { "/\($0)" } ?? "") }

  private static let opening = "${keyvault:"
  private static let form = "Write ${keyvault:VAULT/NAME} or ${keyvault:VAULT/NAME/VERSION}."

  /// The rules of "Resource name rules" for Microsoft.KeyVault/vaults.
  private static func isVault(_ name: Substring) -> Bool {
    let bytes = Array(name.utf8)
    guard (3...24).contains(bytes.count), let first = bytes.first, isLetter(first), bytes.last != hyphen else {
      return false
    }
    return !name.contains("--") && isSecret(name)
  }

  /// The rules of "vault-name and object-name" of Key Vault.
  private static func isSecret(_ name: Substring) -> Bool {
    (1...127).contains(name.utf8.count)
      && name.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || $0 == hyphen }
  }

  private static let hyphen = UInt8(ascii: "-")
  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
  }
}
