import Azure
import BlobStorage
import Emulator
import FoundationEssentials
import HTTP
import Pacing
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Every implementation that the contract holds.
enum StoreKind: String, CaseIterable, Sendable {
  case memory, directory, azure
}

/// Runs `body` on a fresh store of a kind with one container, `logs-a`.
func withStore(_ kind: StoreKind, _ body: (any BlobStore) async throws -> Void) async throws {
  switch kind {
  case .memory: try await begin(MemoryStore(), body)
  case .directory:
    try await withDirectory { root in try await begin(DirectoryStore(root: root), body) }
  case .azure:
    try await withEmulator { _, store in try await begin(store, body) }
  }
}

private func begin(_ store: any BlobStore, _ body: (any BlobStore) async throws -> Void) async throws {
  try await store.createContainer("logs-a", metadata: [:])
  try await body(store)
}

/// A temporary folder that is gone afterwards.
func withDirectory(_ body: (String) async throws -> Void) async throws {
  let root = "\(FileManager.default.temporaryDirectory.path)/logexport-test-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
  defer { removeAll(root) }
  try await body(root)
}

private func removeAll(_ root: String) {
  do { try FileManager.default.removeItem(atPath: root) } catch { Issue.record("\(root) stays behind: \(error)") }
}

/// An emulator on a free port, and the store that speaks to it.
func withEmulator(
  _ faults: String = "", pageSize: Int = 5000, _ body: (Emulator, AzureBlobStore) async throws -> Void
) async throws {
  var configuration = EmulatorConfiguration()
  configuration.faults = try FaultRule.parse(faults)
  let emulator = try Emulator(configuration, logs: try Workspace())
  defer { emulator.stop() }
  try await body(emulator, try azureStore(emulator, pageSize: pageSize))
}

/// A store with the development account's key, whose retries take no time.
func azureStore(
  _ emulator: Emulator, key: String = DevelopmentIdentity.key, pageSize: Int = 5000, attempts: Int = 4
) throws -> AzureBlobStore {
  let authorizer = try #require(SharedKeyAuthorizer(account: DevelopmentIdentity.account, key: Secret(key)))
  return AzureBlobStore(
    url: "\(emulator.url)/\(DevelopmentIdentity.account)", pipeline: quickPipeline(attempts: attempts),
    authorizer: authorizer, pageSize: pageSize)
}

func quickPipeline(attempts: Int = 4) -> Pipeline {
  Pipeline(
    client: HTTPClient(), hosts: HostPolicy(cloud: .emulator, allowed: []),
    backoff: Backoff(base: .milliseconds(1), cap: .milliseconds(5), attempts: attempts))
}

extension BlobStore {
  /// All names and infos of a listing, in the order in which they came.
  func all(_ container: String = "logs-a", prefix: String = "", metadata: Bool = false) async throws -> [BlobInfo] {
    var found: [BlobInfo] = []
    try await list(container, prefix: prefix, metadata: metadata) { found += $0 }
    return found
  }

  func text(_ address: BlobAddress) async throws -> String {
    String(decoding: try await read(address, range: nil), as: UTF8.self)
  }
}

func blob(_ name: String, in container: String = "logs-a") -> BlobAddress {
  BlobAddress(container: container, name: name)
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

let plain = BlobProperties(contentType: "text/plain")

/// Expects `body` to fail with `code`, and returns the error.
@discardableResult
func expect(
  _ code: StoreError.Code, _ location: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async -> StoreError? {
  do {
    try await body()
    Issue.record("it did not fail, \(code) was expected", sourceLocation: location)
  } catch let error as StoreError {
    #expect(error.code == code, "\(error)", sourceLocation: location)
    return error
  } catch {
    Issue.record("another error: \(error)", sourceLocation: location)
  }
  return nil
}
