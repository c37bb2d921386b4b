import Glibc

/// Runs `logexport-emulator` until a signal ends it.
package enum EmulatorCommand {
  /// `EX_USAGE` of sysexits.h.
  package static let usageExit: Int32 = 64
  package static let version = "0.1.0"

  /// Reads the arguments, starts an emulator whose queries `makeLogs` answers,
  /// and returns the exit code.
  package static func run(
    _ arguments: [String], makeLogs: (EmulatorOptions) throws -> any LogService
  ) -> Int32 {
    let options: EmulatorOptions
    do {
      options = try EmulatorOptions(arguments)
    } catch {
      say("logexport-emulator: \(error)\nTry 'logexport-emulator --help'.\n", to: 2)
      return usageExit
    }
    switch options.action {
    case .help:
      say(EmulatorOptions.help, to: 1)
      return 0
    case .version:
      say("logexport-emulator \(version)\n", to: 1)
      return 0
    case .run: break
    }
    do {
      return try serve(options, makeLogs)
    } catch {
      say("logexport-emulator: \(error)\n", to: 2)
      return 1
    }
  }

  private static func serve(
    _ options: EmulatorOptions, _ makeLogs: (EmulatorOptions) throws -> any LogService
  ) throws -> Int32 {
    // Blocked before any thread starts, so that sigwait alone takes them.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    signal(SIGPIPE, SIG_IGN)

    let emulator = try Emulator(options.configuration, logs: try makeLogs(options))
    var authorityFile: String?
    if let pem = emulator.authorityPEM {
      let path = options.authorityFile ?? "\(temporaryFolder)/logexport-emulator-\(getpid())-ca.pem"
      try write(pem, to: path, mode: 0o644)
      authorityFile = path
    }
    if let path = options.federatedTokenFile { try write(try emulator.federatedToken(), to: path, mode: 0o600) }
    say(ready(emulator, authorityFile) + "\n", to: 1)
    var received: Int32 = 0
    sigwait(&signals, &received)
    emulator.stop()
    if options.authorityFile == nil, let authorityFile { unlink(authorityFile) }
    return 0
  }

  /// `TMPDIR`, or where temporary files go without it.
  private static var temporaryFolder: String { getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp" }

  /// The one line printed when requests are answered: a JSON object.
  private static func ready(_ emulator: Emulator, _ authorityFile: String?) -> String {
    let configuration = emulator.configuration
    var members = [("url", emulator.url)]
    if let url = emulator.tlsURL { members.append(("tls_url", url)) }
    if let authorityFile { members.append(("ca_file", authorityFile)) }
    if let account = configuration.accounts.first {
      members += [("account", account.name), ("blob_url", "\(emulator.url)/\(account.name)")]
    }
    if let workspace = configuration.workspaces.first { members.append(("workspace", workspace)) }
    members += emulator.resourceIDs
    if let vault = configuration.secrets.first?.vault {
      members.append(("vault_url", "\(emulator.url)/keyvault/\(vault)"))
    }
    let client = configuration.credentials
    members += [("tenant", client.tenant), ("client_id", client.client), ("object_id", client.object)]
    return "{" + members.map { "\(Escaped.json($0.0)):\(Escaped.json($0.1))" }.joined(separator: ",") + "}"
  }

  private static func write(_ text: String, to path: String, mode: mode_t) throws(FileProblem) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode)
    guard descriptor >= 0 else { throw FileProblem(path: path, code: errno) }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
      throw FileProblem(path: path, code: errno)
    }
  }

  private static func say(_ text: String, to descriptor: Int32) {
    let bytes = Array(text.utf8)
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      // Nobody reads any more: there is no one left to tell.
      if count <= 0 { return }
      done += count
    }
  }
}
