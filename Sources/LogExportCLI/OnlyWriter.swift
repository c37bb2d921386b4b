internal import Export
internal import ExportSpec
internal import FoundationEssentials
internal import Timeline

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

extension Session {
  /// Does `body` while this run holds the archive's lock; waits for it up to `timeout`.
  ///
  /// Throws `LockError` where another run holds it, or where it is lost on the way.
  func asOnlyWriter<Result: Sendable>(
    _ command: String, _ runID: String, timeout: Duration, _ signals: Signals,
    _ body: @escaping @Sendable (ArchiveLock) async throws -> Result
  ) async throws -> Result {
    let holder = LockHolder(
      lease: UUID().uuidString.lowercased(), runID: runID, user: file.environment["USER"] ?? "uid \(getuid())",
      host: Self.hostName, process: getpid(), command: command, since: Tick(unixSeconds: Tick.now().unixSeconds))
    @Sendable func wait(for other: LockHolder) { log.write(.warning, "waiting: the archive is locked by \(other)") }
    return try await ArchiveLock.holding(
      lockContainerName(manifest: file.spec.destination.manifest), of: store, as: holder, timeout: timeout,
      waiting: wait
    ) { lock in
      // Whoever was stopped may have been taken for dead.
      signals.onResume { Task { await lock.recheck() } }
      defer { signals.onResume(nil) }
      return try await body(lock)
    }
  }

  /// `gethostname(2)`.
  private static var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
