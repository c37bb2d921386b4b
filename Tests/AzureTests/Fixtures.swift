import Azure
import Emulator
import HTTP
import Pacing
import Testing

/// A pipeline for this machine whose retries take no time.
func quickPipeline(
  attempts: Int = 4, onRetry: @escaping @Sendable (String) -> Void = { _ in }
) -> Pipeline {
  Pipeline(
    client: HTTPClient(), hosts: HostPolicy(cloud: .emulator, allowed: []),
    backoff: Backoff(base: .milliseconds(1), cap: .milliseconds(4), attempts: attempts), onRetry: onRetry)
}

func withServer(
  _ answers: [ScriptedServer.Answer], _ body: (ScriptedServer) async throws -> Void
) async throws {
  let server = ScriptedServer(answers)
  defer { server.stop() }
  try await body(server)
}

func withEmulator(
  _ faults: String = "", lifetime: Int64 = 3599, logs: (any LogService)? = nil,
  _ body: (Emulator) async throws -> Void
) async throws {
  var configuration = EmulatorConfiguration()
  configuration.faults = try FaultRule.parse(faults)
  configuration.tokenLifetime = lifetime
  let emulator = try Emulator(configuration, logs: try logs ?? Workspace())
  defer { emulator.stop() }
  try await body(emulator)
}

/// Expects an `AzureError` of a kind, and returns it.
@discardableResult
func expect<T>(
  _ kind: AzureError.Kind, _ location: SourceLocation = #_sourceLocation, _ body: () async throws -> T
) async -> AzureError? {
  do {
    _ = try await body()
    Issue.record("it did not fail, \(kind) was expected", sourceLocation: location)
  } catch let error as AzureError {
    #expect(error.kind == kind, "\(error)", sourceLocation: location)
    return error
  } catch {
    Issue.record("another error: \(error)", sourceLocation: location)
  }
  return nil
}
