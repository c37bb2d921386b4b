/// A storage account and its key.
package struct StorageAccount: Sendable, Equatable {
  package var name: String
  /// The key's bytes.
  package var key: [UInt8]

  /// Takes the key in base64, as the portal shows it; nil where it is not
  /// base64 or the name is empty.
  package init?(name: String, key: String) {
    guard !name.isEmpty, let bytes = Base64.decode(key), !bytes.isEmpty else { return nil }
    self.name = name
    self.key = bytes
  }

  private init(name: String, bytes: [UInt8]) {
    self.name = name
    key = bytes
  }

  /// The development account's key, which Microsoft's documentation publishes
  /// for its own storage emulators: no secret.
  package static let developmentKey =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

  /// `devstoreaccount1`.
  package static let development = StorageAccount(
    name: "devstoreaccount1", bytes: Base64.decode(developmentKey) ?? [])
}
