internal import FoundationEssentials

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// The person's login of the Azure CLI: `az account get-access-token`.
package struct AzureCLICredential: TokenCredential {
  private struct Answer: Decodable {
    var accessToken: String
    /// Seconds since the Unix epoch; `expiresOn` beside it is local time.
    var expires_on: Int64?
  }

  package init() {}

  package func token(scope: String) async throws(AzureError) -> AccessToken {
    let resource = scope.hasSuffix("/.default") ? String(scope.dropLast("/.default".count)) : scope
    let output = try Self.run(["az", "account", "get-access-token", "--output", "json", "--resource", resource])
    guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(output)) else {
      // The output may hold a token, so it is not shown.
      throw AzureError(.unauthenticated, "the Azure CLI gave no token\n  Run `az login`.")
    }
    return AccessToken(text: answer.accessToken, expiresAt: answer.expires_on ?? 0)
  }

  /// `posix_spawnp` with stdout on a pipe and stderr discarded.
  private static func run(_ arguments: [String]) throws(AzureError) -> [UInt8] {
    let missing = AzureError(.unauthenticated, "the Azure CLI (az) is not installed")
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw missing }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var process = pid_t()
    let code = posix_spawnp(&process, arguments[0], &actions, nil, &pointers, environ)
    close(ends[1])
    defer { close(ends[0]) }
    guard code == 0 else { throw missing }

    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let count = read(ends[0], &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { break }
      output += chunk.prefix(count)
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    guard status == 0 else {
      throw AzureError(.unauthenticated, "the Azure CLI gave no token\n  Run `az login`.")
    }
    return output
  }
}
