import Azure
import HTTP
import Synchronization
import Testing

/// Counts how often it is asked, and takes its time.
final class SlowCredential: TokenCredential {
  private let asked = Mutex(0)
  private let lifetime: Int64
  private let delay: Duration

  init(lifetime: Int64 = 3600, delay: Duration = .milliseconds(20)) {
    self.lifetime = lifetime
    self.delay = delay
  }

  var count: Int { asked.withLock { $0 } }

  func token(scope: String) async throws(AzureError) -> AccessToken {
    let number = asked.withLock { asked in
      asked += 1
      return asked
    }
    do { try await Task.sleep(for: delay) } catch { throw AzureError(.cancelled, "stopped") }
    return AccessToken(text: "token-\(number)", expiresAt: Int64(number) * 10_000 + lifetime)
  }
}

private func header(_ authorizer: BearerAuthorizer, refused: String? = nil) async throws -> String? {
  var request = HTTPRequest(method: "GET", url: "http://127.0.0.1/")
  let old = refused.map { HTTPRequest(method: "GET", url: "http://127.0.0.1/", headers: [("Authorization", $0)]) }
  try await authorizer.authorize(&request, refused: old)
  return request.headers.first { $0.name == "Authorization" }?.value
}

/// A clock that stands still until it is moved.
private final class StillClock: Sendable {
  private let now = Mutex<Int64>(10_000)
  @Sendable func read() -> Int64 { now.withLock { $0 } }
  func move(to time: Int64) { now.withLock { $0 = time } }
}

@Suite struct BearerTests {
  private let clock = StillClock()

  @Test func `many callers share one request for a token`() async throws {
    let credential = SlowCredential()
    let authorizer = BearerAuthorizer(credential, scope: "s", clock: clock.read)
    try await withThrowingTaskGroup(of: String?.self) { group in
      for _ in 0..<20 { group.addTask { try await header(authorizer) } }
      for try await value in group { #expect(value == "Bearer token-1") }
    }
    #expect(credential.count == 1)
  }

  @Test func `many callers with one refused token share one request for the next`() async throws {
    let credential = SlowCredential()
    let authorizer = BearerAuthorizer(credential, scope: "s", clock: clock.read)
    _ = try await header(authorizer)
    try await withThrowingTaskGroup(of: String?.self) { group in
      for _ in 0..<20 { group.addTask { try await header(authorizer, refused: "Bearer token-1") } }
      for try await value in group { #expect(value == "Bearer token-2") }
    }
    // One that comes late with the old refusal finds the new token.
    #expect(try await header(authorizer, refused: "Bearer token-1") == "Bearer token-2")
    #expect(credential.count == 2)
  }

  @Test func `many callers that find a token at its end share one request for the next`() async throws {
    let credential = SlowCredential()
    let authorizer = BearerAuthorizer(credential, scope: "s", clock: clock.read)
    _ = try await header(authorizer)
    clock.move(to: 13_299)
    #expect(try await header(authorizer) == "Bearer token-1")
    clock.move(to: 13_300)
    try await withThrowingTaskGroup(of: String?.self) { group in
      for _ in 0..<20 { group.addTask { try await header(authorizer) } }
      for try await value in group { #expect(value == "Bearer token-2") }
    }
    #expect(credential.count == 2)
  }

  @Test func `a token of a short life is used for half of it`() async throws {
    let authorizer = BearerAuthorizer(SlowCredential(lifetime: 60, delay: .zero), scope: "s", clock: clock.read)
    for second in [10_000, 10_010, 10_029] as [Int64] {
      clock.move(to: second)
      #expect(try await header(authorizer) == "Bearer token-1")
    }
    clock.move(to: 10_030)
    #expect(try await header(authorizer) == "Bearer token-2")
  }

  @Test func `a failure is not kept`() async throws {
    final class Flaky: TokenCredential {
      let tries = Mutex(0)
      func token(scope: String) async throws(AzureError) -> AccessToken {
        let number = tries.withLock { tries in
          tries += 1
          return tries
        }
        if number == 1 { throw AzureError(.unavailable, "not now") }
        return AccessToken(text: "later", expiresAt: .max / 2)
      }
    }
    let authorizer = BearerAuthorizer(Flaky(), scope: "s")
    await expect(.unavailable) { try await header(authorizer) }
    #expect(try await header(authorizer) == "Bearer later")
  }

  /// Gives one token, until 13,600 seconds, and none after it.
  private final class FailingLater: TokenCredential {
    let tries = Mutex(0)
    func token(scope: String) async throws(AzureError) -> AccessToken {
      let number = tries.withLock { tries in
        tries += 1
        return tries
      }
      if number > 1 { throw AzureError(.unavailable, "not now") }
      return AccessToken(text: "first", expiresAt: 13_600)
    }
  }

  @Test func `while the next token cannot be had, the old one serves to its end`() async throws {
    let credential = FailingLater()
    let authorizer = BearerAuthorizer(credential, scope: "s", clock: clock.read)
    _ = try await header(authorizer)
    for second in [13_300, 13_310, 13_329, 13_330] as [Int64] {
      clock.move(to: second)
      #expect(try await header(authorizer) == "Bearer first")
    }
    // Not with each request.
    #expect(credential.tries.withLock { $0 } == 3)
    await expect(.unavailable) { try await header(authorizer, refused: "Bearer first") }
    clock.move(to: 13_600)
    await expect(.unavailable) { try await header(authorizer) }
  }

  @Test func `a token that has ended is sent no more, however short a while ago the next one failed`() async throws {
    let authorizer = BearerAuthorizer(FailingLater(), scope: "s", clock: clock.read)
    _ = try await header(authorizer)
    clock.move(to: 13_590)
    #expect(try await header(authorizer) == "Bearer first")
    for second in [13_600, 13_610, 13_619] as [Int64] {
      clock.move(to: second)
      await expect(.unavailable) { try await header(authorizer) }
    }
  }

  @Test func `scopes have tokens of their own`() async throws {
    let credential = SlowCredential(delay: .zero)
    let tokens = TokenCache(credential, clock: clock.read)
    for scope in ["a", "b", "a", "b"] { _ = try await tokens.token(scope: scope) }
    #expect(credential.count == 2)
  }

  @Test func `a stopped caller does not wait, and does not stop the others`() async throws {
    let credential = SlowCredential(delay: .milliseconds(300))
    let authorizer = BearerAuthorizer(credential, scope: "s", clock: clock.read)
    let stopped = Task { try await header(authorizer) }
    while credential.count == 0 { await Task.yield() }
    let other = Task { try await header(authorizer) }
    stopped.cancel()
    await expect(.cancelled) { try await stopped.value }
    #expect(try await other.value?.hasPrefix("Bearer token-") == true)
  }
}

@Suite struct CredentialChainTests {
  private struct Failing: TokenCredential {
    let error: AzureError
    func token(scope: String) async throws(AzureError) -> AccessToken { throw error }
  }

  @Test func `a chain names each way in its order, whether it was tried or could not be`() async throws {
    let chain = CredentialChain(
      [
        ("EnvironmentCredential", .open(Failing(error: AzureError(.unauthenticated, "no file")))),
        ("WorkloadIdentityCredential", .lacking("AZURE_TENANT_ID is not set")),
        ("ManagedIdentityCredential", .open(Failing(error: AzureError(.unauthenticated, "no route")))),
      ])
    let text = await expect(.unauthenticated) { try await chain.token(scope: "s") }?.message ?? ""
    #expect(
      text.split(separator: "\n  ").dropFirst() == [
        "EnvironmentCredential: no file", "WorkloadIdentityCredential: AZURE_TENANT_ID is not set",
        "ManagedIdentityCredential: no route",
      ])
  }

  @Test func `a sign-in host that cannot be reached has refused nobody`() async throws {
    let chain = CredentialChain(
      [
        ("EnvironmentCredential", .open(Failing(error: AzureError(.unreachable, "no such host")))),
        ("AzureCLICredential", .open(Failing(error: AzureError(.unauthenticated, "no login")))),
      ])
    let text = await expect(.unreachable) { try await chain.token(scope: "s") }?.message ?? ""
    #expect(text.contains("EnvironmentCredential: no such host"))
  }

  @Test func `a way that is there but fails ends the search`() async throws {
    let second = SlowCredential()
    let chain = CredentialChain(
      [("a", .open(Failing(error: AzureError(.unavailable, "down")))), ("b", .open(second))])
    await expect(.unavailable) { try await chain.token(scope: "s") }
    #expect(second.count == 0)
  }

  @Test func `where a configured way fails, no other identity takes its place`() async throws {
    let other = SlowCredential()
    let failing = Failing(error: AzureError(.unauthenticated, "the secret has ended"))
    let chain = CredentialChain(
      [("z", .lacking("not set")), ("a", .open(failing)), ("b", .open(other))], configured: ["a"])
    let text = await expect(.unauthenticated) { try await chain.token(scope: "s") }?.message ?? ""
    #expect(text.hasSuffix("\n  z: not set\n  a: the secret has ended"))
    let probed = CredentialChain([("a", .open(failing)), ("b", .open(other))], configured: ["b"])
    _ = try await probed.token(scope: "s")
    #expect(probed.name == "b")
  }

  @Test func `a chain stays with the way that gave a token`() async throws {
    final class Missing: TokenCredential {
      let tries = Mutex(0)
      func token(scope: String) async throws(AzureError) -> AccessToken {
        tries.withLock { $0 += 1 }
        throw AzureError(.unauthenticated, "no")
      }
    }
    let first = Missing()
    let second = SlowCredential(delay: .zero)
    let chain = CredentialChain([("a", .open(first)), ("b", .open(second))])
    for _ in 0..<3 { _ = try await chain.token(scope: "s") }
    #expect(first.tries.withLock { $0 } == 1)
    #expect(second.count == 3)
  }
}
