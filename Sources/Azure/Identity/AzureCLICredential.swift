internal import BlobStorage
internal import FoundationEssentials

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// The person's login of the Azure CLI: `az account get-access-token`.
package struct AzureCLICredential: TokenCredential {
  private let command: String
  /// How long the command may take, whatever it prints.
  private let timeout: Duration

  /// What it prints; versions before 2.54 have only `expiresOn`.
  private struct Answer: Decodable {
    var accessToken: String
    var expiresAt: LooseInteger?
    /// `2025-06-01 14:00:00.000000`, in local time.
    var expiresOn: String?

    private enum CodingKeys: String, CodingKey {
      case accessToken, expiresOn
      case expiresAt = "expires_on"
    }
  }

  /// `command` is looked for in `PATH`, unless it is a path itself.
  package init(command: String = "az", timeout: Duration = .seconds(60)) {
    self.command = command
    self.timeout = timeout
  }

  package func token(scope: String) async throws(AzureError) -> AccessToken {
    let output = try await BlockingThreads.run { () async throws(AzureError) in
      try run([command, "account", "get-access-token", "--output", "json", "--resource", resource(of: scope)])
    }
    // The output may hold a token, so it is not shown.
    guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(output)),
      let expiresAt = answer.expiresAt?.value ?? answer.expiresOn.flatMap(Self.epoch)
    else { throw Self.noToken }
    return AccessToken(text: answer.accessToken, expiresAt: expiresAt)
  }

  private static let noToken = AzureError(.unauthenticated, "the Azure CLI gave no token\n  Run `az login`.")

  /// Seconds since the Unix epoch of a local time, by `mktime(3)`.
  static func epoch(_ local: String) -> Int64? {
    let numbers = local.split { !$0.isNumber }.compactMap { Int32($0) }
    guard numbers.count >= 6 else { return nil }
    var parts = tm()
    (parts.tm_year, parts.tm_mon, parts.tm_mday) = (numbers[0] - 1900, numbers[1] - 1, numbers[2])
    (parts.tm_hour, parts.tm_min, parts.tm_sec) = (numbers[3], numbers[4], numbers[5])
    parts.tm_isdst = -1
    let time = mktime(&parts)
    return time == -1 ? nil : Int64(time)
  }
}

extension AzureCLICredential {
  /// `posix_spawnp` with stdout on a pipe and stderr discarded; blocks until it has ended, or is ended with all that it
  /// started since its time is over or the task is cancelled.
  private func run(_ arguments: [String]) throws(AzureError) -> [UInt8] {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw Self.failure(errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var attributes = Self.plainSignals
    defer { posix_spawnattr_destroy(&attributes) }
    var process = pid_t()
    let code = posix_spawnp(&process, arguments[0], &actions, &attributes, &pointers, environ)
    close(ends[1])
    defer { close(ends[0]) }
    guard code == 0 else { throw Self.failure(code) }

    let deadline = ContinuousClock.now + timeout
    func mayWait() -> Bool { !Task.isCancelled && .now < deadline }
    let output = read(ends[0], while: mayWait)
    var status: Int32 = 0
    var ended = waitpid(process, &status, WNOHANG)
    while ended == 0, output != nil, mayWait() {
      usleep(1000)
      ended = waitpid(process, &status, WNOHANG)
    }
    if ended == 0 {
      // With whatever it started: az is a script around Python.
      kill(-process, SIGKILL)
      while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    }
    guard let output, ended != 0 else {
      if Task.isCancelled { throw AzureError(.cancelled, "stopped") }
      throw AzureError(.unauthenticated, "the Azure CLI did not answer within \(timeout.components.seconds) s")
    }
    guard status == 0 else { throw Self.noToken }
    return output
  }

  /// A process group of its own, so that all of it can be ended; and signals as a shell's child has them: this program
  /// blocks some in all of its threads and ignores others, which a child would inherit.
  private static var plainSignals: posix_spawnattr_t {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigaddset(&signals, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
    return attributes
  }

  private static func failure(_ code: Int32) -> AzureError {
    AzureError(
      .unauthenticated,
      code == ENOENT
        ? "the Azure CLI (az) is not installed"
        : "the Azure CLI (az) cannot be started: \(String(cString: strerror(code)))")
  }

  /// Reads a pipe to its end; nil where that does not come while it may be waited for, which is asked ten times a second.
  private func read(_ descriptor: Int32, while mayWait: () -> Bool) -> [UInt8]? {
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 14)
    while mayWait() {
      var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = poll(&wait, 1, 100)
      if ready == 0 || ready < 0 && errno == EINTR { continue }
      guard ready > 0 else { return nil }
      let count = systemRead(descriptor, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return output }
      output += chunk.prefix(count)
    }
    return nil
  }
}

/// `read(2)`, under a name that the method above does not hide.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
  read(descriptor, buffer, count)
}
