import Synchronization

/// The secrets of all vaults, in memory.
final class Vaults: Sendable {
  /// By vault, then by secret; both in lower case.
  private let vaults: Mutex<[String: [String: VaultEntry]]>
  private let clock: EmulatorClock

  /// `initial` are the secrets to begin with; their vaults are the ones that exist.
  init(_ initial: [(vault: String, name: String, value: String)], clock: EmulatorClock) {
    self.clock = clock
    vaults = Mutex([:])
    for secret in initial {
      vaults.withLock { $0[secret.vault.lowercased(), default: [:]][secret.name.lowercased()] = VaultEntry() }
      _ = set(secret.vault, secret.name, VaultSecret(value: secret.value))
    }
  }

  func exists(_ vault: String) -> Bool { vaults.withLock { $0[vault.lowercased()] != nil } }

  /// The secrets that are not deleted, or those that are, by name.
  func names(_ vault: String, deleted: Bool = false) -> [String] {
    vaults.withLock { $0[vault.lowercased()] ?? [:] }.filter { ($0.value.deleted != nil) == deleted }.keys.sorted()
  }

  /// A secret, deleted or not.
  func entry(_ vault: String, _ name: String) -> VaultEntry? {
    vaults.withLock { $0[vault.lowercased()]?[name.lowercased()] }
  }

  /// Adds a version; nil where the secret is deleted and not purged yet.
  func set(_ vault: String, _ name: String, _ secret: VaultSecret) -> VaultSecret? {
    var secret = secret
    secret.version = Hex.encode(Digest.random(16))
    secret.created = clock.seconds
    return change(vault, name) { entry in
      guard entry?.deleted == nil else { return nil }
      entry = VaultEntry(versions: (entry?.versions ?? []) + [secret])
      return secret
    }
  }

  /// Deletes a secret, which stays recoverable; nil where there is none.
  func delete(_ vault: String, _ name: String) -> VaultEntry? {
    change(vault, name) { entry in
      guard entry != nil, entry?.deleted == nil else { return nil }
      entry?.deleted = clock.seconds
      return entry
    }
  }

  /// Brings a deleted secret back; nil where there is none.
  func recover(_ vault: String, _ name: String) -> VaultEntry? {
    change(vault, name) { entry in
      guard entry?.deleted != nil else { return nil }
      entry?.deleted = nil
      return entry
    }
  }

  /// Removes a deleted secret for good; false where there is none.
  func purge(_ vault: String, _ name: String) -> Bool {
    change(vault, name) { entry in
      guard entry?.deleted != nil else { return false }
      entry = nil
      return true
    }
  }

  private func change<Result: Sendable>(
    _ vault: String, _ name: String, _ body: (inout VaultEntry?) -> Result
  ) -> Result {
    vaults.withLock { body(&$0[vault.lowercased(), default: [:]][name.lowercased()]) }
  }
}
