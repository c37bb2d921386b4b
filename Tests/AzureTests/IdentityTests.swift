import Azure
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

private let scope = "https://storage.azure.com/.default"

@Suite struct ClientSecretTests {
  private func credential(
    _ emulator: Emulator, secret: String = DevelopmentIdentity.secret
  ) -> ClientSecretCredential {
    ClientSecretCredential(
      pipeline: quickPipeline(), authority: emulator.url, tenant: DevelopmentIdentity.tenant,
      client: DevelopmentIdentity.client, secret: .text(Secret(secret)))
  }

  @Test func `a client secret gives a token for its scope`() async throws {
    try await withEmulator { (emulator) async throws in
      let token = try await credential(emulator).token(scope: scope)
      #expect(token.text.split(separator: ".").count == 3)
      #expect(token.expiresAt > Int64(time(nil)) + 3000)
    }
  }

  @Test func `a wrong secret is one clear error that does not hold it`() async throws {
    try await withEmulator { (emulator) async throws in
      let error = await expect(.unauthenticated) {
        try await credential(emulator, secret: "wr0ng-s3cret").token(scope: scope)
      }
      let text = "\(error as Any) \(error?.message ?? "")"
      #expect(text.contains("AADSTS7000215") && text.contains(DevelopmentIdentity.tenant))
      #expect(!text.contains("wr0ng-s3cret"))
      #expect(emulator.requestCounts["Token"] == 1)
    }
  }

  @Test func `a token endpoint that is down is not a missing login`() async throws {
    try await withEmulator("503:op=Token") { (emulator) async throws in
      await expect(.unavailable) { try await credential(emulator).token(scope: scope) }
      #expect(emulator.requestCounts["Token"] == 4)
    }
    try await withEmulator("500:op=Token,n=1-2") { (emulator) async throws in
      _ = try await credential(emulator).token(scope: scope)
    }
  }

  @Test func `a token that expires on the way is replaced once`() async throws {
    try await withEmulator("expire-token:op=ListContainers,n=2") { (emulator) async throws in
      let authorizer = BearerAuthorizer(credential(emulator), scope: scope)
      for _ in 0..<3 {
        let request = HTTPRequest(
          method: "GET", url: "\(emulator.url)/\(DevelopmentIdentity.account)/?comp=list",
          headers: [("x-ms-version", "2021-12-02")])
        #expect(try await quickPipeline().send(request, authorizer).head.status == 200)
      }
      #expect(emulator.requestCounts["Token"] == 2)
      #expect(emulator.requestCounts["ListContainers"] == 4)
    }
  }

  @Test func `nothing that holds a secret shows it`() throws {
    let secret = "s3cr3t-value"
    let key = "czNjcjN0LXZhbHVl"
    let connection = try #require(
      ConnectionString(Secret("AccountName=a;AccountKey=\(key);SharedAccessSignature=sv=1&sig=\(secret)")))
    let things: [Any] = [
      AccessToken(text: secret, expiresAt: 0),
      ClientSecretCredential(
        pipeline: quickPipeline(), authority: "http://a", tenant: "t", client: "c", secret: .text(Secret(secret))),
      ManagedIdentityCredential(client: HTTPClient(), clientID: nil, appService: ("http://127.0.0.1/", secret)),
      SASAuthorizer(token: Secret("sv=1&sig=\(secret)")), connection,
      try #require(SharedKeyAuthorizer(account: "a", key: Secret(key))), [AccessToken(text: secret, expiresAt: 0)],
    ]
    for thing in things {
      var dumped = ""
      dump(thing, to: &dumped)
      for text in ["\(thing)", String(reflecting: thing), dumped] {
        #expect(!text.contains(secret) && !text.contains(key) && !text.contains("115, 51"), "\(type(of: thing))")
      }
    }
  }
}

@Suite struct WorkloadIdentityTests {
  private func withFile(_ text: String?, _ body: (String) async throws -> Void) async throws {
    let path = "\(FileManager.default.temporaryDirectory.path)/federated-\(UUID().uuidString)"
    if let text { try text.write(toFile: path, atomically: false, encoding: .utf8) }
    defer { unlink(path) }
    try await body(path)
  }

  private func credential(_ url: String, _ path: String) -> WorkloadIdentityCredential {
    WorkloadIdentityCredential(
      pipeline: quickPipeline(), authority: url, tenant: DevelopmentIdentity.tenant,
      client: DevelopmentIdentity.client, file: path)
  }

  @Test func `the file's assertion gives a token`() async throws {
    try await withEmulator { (emulator) async throws in
      try await withFile(try emulator.federatedToken() + "\n") { (path) async throws in
        _ = try await credential(emulator.url, path).token(scope: scope)
      }
    }
  }

  @Test func `an assertion that has expired is refused by name`() async throws {
    try await withEmulator { (emulator) async throws in
      try await withFile(try emulator.federatedToken(lifetime: -3600)) { (path) async throws in
        let error = await expect(.unauthenticated) {
          try await credential(emulator.url, path).token(scope: scope)
        }
        #expect(error?.message.contains("AADSTS700024") == true)
      }
    }
  }

  @Test(arguments: ["eyJhIjoxfQ.eyJiIjoyfQ.c2ln", "nonsense", "..", "e30.e30."])
  func `what nobody signed is refused`(_ text: String) async throws {
    try await withEmulator { (emulator) async throws in
      try await withFile(text) { (path) async throws in
        await expect(.unauthenticated) { try await credential(emulator.url, path).token(scope: scope) }
      }
    }
  }

  @Test func `the file is read again for each token`() async throws {
    try await withServer([.reply(200, [:], #"{"access_token":"t","expires_in":60}"#)]) { (server) async throws in
      try await withFile("first") { (path) async throws in
        let credential = credential(server.url, path)
        _ = try await credential.token(scope: scope)
        try "second".write(toFile: path, atomically: false, encoding: .utf8)
        _ = try await credential.token(scope: scope)
      }
      for (request, assertion) in zip(server.requests, ["first", "second"]) {
        #expect(request.body.hasSuffix("client_assertion=\(assertion)"))
      }
    }
  }

  @Test(arguments: [nil, "", " \n"])
  func `a file that is absent or empty is a missing login that names it`(_ text: String?) async throws {
    try await withFile(text) { (path) async throws in
      let error = await expect(.unauthenticated) {
        try await credential("http://127.0.0.1:1", path).token(scope: scope)
      }
      #expect(error?.message.contains(path) == true)
    }
  }
}

@Suite struct ManagedIdentityTests {
  private func credential(_ url: String) -> ManagedIdentityCredential {
    ManagedIdentityCredential(
      client: HTTPClient(), clientID: nil, appService: nil, metadataHost: url,
      backoff: Backoff(base: .milliseconds(1), cap: .milliseconds(2), attempts: 3), updatePause: .milliseconds(1))
  }

  @Test func `the metadata service's answer has its numbers as texts`() async throws {
    let body =
      #"{"access_token":"eyJ","client_id":"c","expires_in":"86399","expires_on":"4102444800","#
      + #""ext_expires_in":"86399","not_before":"1700000000","resource":"r","token_type":"Bearer"}"#
    try await withServer([.reply(200, ["Content-Type": "application/json"], body)]) { (server) async throws in
      let credential = ManagedIdentityCredential(
        client: HTTPClient(), clientID: "a b", appService: nil, metadataHost: "\(server.url)/")
      let token = try await credential.token(scope: scope)
      #expect(token.text == "eyJ")
      #expect(abs(token.expiresAt - Int64(time(nil)) - 86399) < 60)
      let request = try #require(server.requests.first)
      #expect(request.headers["metadata"] == "true")
      #expect(
        request.target
          == "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fstorage.azure.com&client_id=a%20b"
      )
    }
  }

  @Test func `App Service's answer tells only when the token ends`() async throws {
    let body = #"{"access_token":"eyJ","expires_on":"4102444800","resource":"r","token_type":"Bearer"}"#
    try await withServer([.reply(200, [:], body)]) { (server) async throws in
      let credential = ManagedIdentityCredential(
        client: HTTPClient(), clientID: nil, appService: ("\(server.url)/msi/token", "h3ader"))
      #expect(try await credential.token(scope: scope).expiresAt == 4_102_444_800)
      let request = try #require(server.requests.first)
      #expect(request.headers["x-identity-header"] == "h3ader")
      #expect(request.headers["metadata"] == nil)
      #expect(request.target.hasPrefix("/msi/token?api-version=2019-08-01&resource="))
    }
  }

  @Test func `a metadata service that is busy is asked again`() async throws {
    let token = #"{"access_token":"t","expires_in":"60"}"#
    try await withServer([.reply(429), .reply(503), .reply(200, [:], token)]) { (server) async throws in
      #expect(try await credential(server.url).token(scope: scope).text == "t")
    }
  }

  @Test func `a metadata service that is being updated is waited for`() async throws {
    let token = #"{"access_token":"t","expires_in":"60"}"#
    let gone = [ScriptedServer.Answer](repeating: .reply(410), count: 7)
    for answers in [[.reply(404), .reply(404)], gone] as [[ScriptedServer.Answer]] {
      try await withServer(answers + [.reply(200, [:], token)]) { (server) async throws in
        #expect(try await credential(server.url).token(scope: scope).text == "t")
      }
    }
  }

  @Test(arguments: [(404, 3), (410, 8)])
  func `a metadata service that stays away is a missing login`(_ status: Int, _ requests: Int) async throws {
    try await withServer([.reply(status)]) { (server) async throws in
      await expect(.unauthenticated) { try await credential(server.url).token(scope: scope) }
      #expect(server.requests.count == requests)
    }
  }

  @Test(arguments: [404, 410])
  func `an App Service that has no such endpoint is asked once`(_ status: Int) async throws {
    try await withServer([.reply(status)]) { (server) async throws in
      let credential = ManagedIdentityCredential(
        client: HTTPClient(), clientID: nil, appService: (server.url, "h3ader"))
      await expect(.unauthenticated) { try await credential.token(scope: scope) }
      #expect(server.requests.count == 1)
    }
  }

  @Test func `a machine without an identity is a missing login`() async throws {
    let body = #"{"error":"invalid_request","error_description":"Identity not found"}"#
    try await withServer([.reply(400, [:], body)]) { (server) async throws in
      let error = await expect(.unauthenticated) { try await credential(server.url).token(scope: scope) }
      #expect(error?.message.contains("Identity not found") == true)
      #expect(server.requests.count == 1)
    }
    await expect(.unauthenticated) { try await credential("http://127.0.0.1:1/").token(scope: scope) }
  }

  @Test(arguments: [
    "https://attacker.tld/msi", "http://127.attacker.tld/msi", "http://169.254.attacker.tld/", "nonsense",
  ])
  func `App Service's secret stays on this machine`(_ endpoint: String) async throws {
    let credential = ManagedIdentityCredential(
      client: HTTPClient(), clientID: nil, appService: (endpoint, "h3ader"))
    let error = await expect(.hostNotAllowed) { try await credential.token(scope: scope) }
    #expect(error?.message.contains("h3ader") == false)
  }
}

@Suite struct EmulatedManagedIdentityTests {
  private func credential(
    _ emulator: Emulator, clientID: String? = nil, header: String? = nil
  ) -> ManagedIdentityCredential {
    ManagedIdentityCredential(
      client: HTTPClient(), clientID: clientID,
      appService: header.map { ("\(emulator.url)/msi/token", $0) }, metadataHost: emulator.url)
  }

  @Test(arguments: [nil, "emulator-identity-header"])
  func `the token is one that the services take`(_ header: String?) async throws {
    try await withEmulator { (emulator) async throws in
      for client in [nil, DevelopmentIdentity.client] {
        let authorizer = BearerAuthorizer(credential(emulator, clientID: client, header: header), scope: scope)
        let request = HTTPRequest(
          method: "GET", url: "\(emulator.url)/\(DevelopmentIdentity.account)/?comp=list",
          headers: [("x-ms-version", "2021-12-02")])
        #expect(try await quickPipeline().send(request, authorizer).head.status == 200)
      }
      #expect(emulator.requestCounts["ManagedIdentity"] == 2)
    }
  }

  @Test func `an identity that is not assigned is a missing login`() async throws {
    try await withEmulator { (emulator) async throws in
      let error = await expect(.unauthenticated) {
        try await credential(emulator, clientID: "00000000-0000-0000-0000-000000000000").token(scope: scope)
      }
      #expect(error?.message.contains("Identity not found") == true)
    }
  }

  @Test func `a wrong header is refused by App Service`() async throws {
    try await withEmulator { (emulator) async throws in
      await expect(.unauthenticated) { try await credential(emulator, header: "wr0ng").token(scope: scope) }
    }
  }

  @Test(arguments: ["https://attacker.tld", "http://10.0.0.1", "http://169.254.169.254.attacker.tld/"])
  func `another metadata service is on this machine or its link alone`(_ host: String) async throws {
    let credential = ManagedIdentityCredential(client: HTTPClient(), clientID: nil, appService: nil, metadataHost: host)
    let error = await expect(.hostNotAllowed) { try await credential.token(scope: scope) }
    #expect(error?.message.contains("AZURE_POD_IDENTITY_AUTHORITY_HOST") == true)
  }
}

/// One at a time: a script that another child still holds open for writing cannot be run.
@Suite(.serialized) struct AzureCLITests {
  /// Runs `body` with the path of a script in the place of `az`; nil for none.
  private func withCLI(_ script: String?, _ body: (String) async throws -> Void) async throws {
    let path = "\(FileManager.default.temporaryDirectory.path)/az-\(UUID().uuidString)"
    if let script {
      try "#!/bin/sh\n\(script)\n".write(toFile: path, atomically: false, encoding: .utf8)
      chmod(path, 0o755)
    }
    defer { unlink(path) }
    try await body(path)
  }

  @Test func `the epoch counts, not the local time beside it`() async throws {
    let answer =
      #"{"accessToken":"t0ken","expiresOn":"2001-01-01 00:00:00.000000","expires_on":4102444800,"tokenType":"Bearer"}"#
    let arguments = "account get-access-token --output json --resource https://storage.azure.com"
    try await withCLI("[ \"$*\" = '\(arguments)' ] && printf '%s' '\(answer)'") { (az) async throws in
      let token = try await AzureCLICredential(command: az).token(scope: scope)
      #expect(token.text == "t0ken")
      #expect(token.expiresAt == 4_102_444_800)
    }
  }

  @Test func `an old version's local time is understood`() async throws {
    var local = tm()
    var moment: time_t = 4_102_444_800
    localtime_r(&moment, &local)
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let text =
      "\(local.tm_year + 1900)-\(two(local.tm_mon + 1))-\(two(local.tm_mday)) "
      + "\(two(local.tm_hour)):\(two(local.tm_min)):\(two(local.tm_sec)).000000"
    try await withCLI(#"printf '%s' '{"accessToken":"t","expiresOn":"\#(text)"}'"#) { (az) async throws in
      #expect(try await AzureCLICredential(command: az).token(scope: scope).expiresAt == 4_102_444_800)
    }
  }

  @Test(arguments: ["echo 'Please run az login' >&2; exit 1", "printf '{\"accessToken\":\"s3cret\"'", "exit 0"])
  func `a command that gives no token is a missing login, and nothing of it is shown`(_ script: String) async throws {
    try await withCLI(script) { (az) async throws in
      let error = await expect(.unauthenticated) { try await AzureCLICredential(command: az).token(scope: scope) }
      #expect(error?.message.contains("az login") == true)
      #expect(error?.message.contains("s3cret") == false)
    }
  }

  @Test func `a command can be interrupted, whatever signals this program blocks or ignores`() async throws {
    let script = #"""
      signals=$(sed -n 's/^Sig\(Blk\|Ign\):\s*//p' /proc/$$/status | tr -d '\n')
      printf '{"accessToken":"%s","expires_on":4102444800}' "$signals"
      """#
    signal(SIGPIPE, SIG_IGN)
    try await withCLI(script) { (az) async throws in
      let token = try await AzureCLICredential(command: az).token(scope: scope)
      let masks = [token.text.prefix(16), token.text.dropFirst(16)].compactMap { UInt64($0, radix: 16) }
      #expect(masks.count == 2)
      for number in [SIGINT, SIGTERM, SIGPIPE] {
        #expect(masks.allSatisfy { $0 >> UInt64(number - 1) & 1 == 0 }, "signal \(number)")
      }
    }
  }

  @Test func `a command that is absent is a missing login`() async throws {
    try await withCLI(nil) { (az) async throws in
      let error = await expect(.unauthenticated) { try await AzureCLICredential(command: az).token(scope: scope) }
      #expect(error?.message.contains("not installed") == true)
    }
  }

  @Test func `a command that goes on printing is ended as well`() async throws {
    try await withCLI("while :; do echo; sleep 0.1; done") { (az) async throws in
      let error = await expect(.unauthenticated) {
        try await AzureCLICredential(command: az, timeout: .seconds(1)).token(scope: scope)
      }
      #expect(error?.message.contains("within 1 s") == true)
    }
  }

  @Test func `a command that closes its output and goes on is ended as well`() async throws {
    try await withCLI("exec >&-; sleep 300") { (az) async throws in
      let error = await expect(.unauthenticated) {
        try await AzureCLICredential(command: az, timeout: .seconds(1)).token(scope: scope)
      }
      #expect(error?.message.contains("within 1 s") == true)
    }
  }

  @Test func `being stopped ends the command at once, with what it started`() async throws {
    let note = "\(FileManager.default.temporaryDirectory.path)/az-child-\(UUID().uuidString)"
    defer { unlink(note) }
    try await withCLI("sleep 300 & echo $! > \(note).new; mv \(note).new \(note); wait") { (az) async throws in
      let task = Task { try await AzureCLICredential(command: az, timeout: .seconds(250)).token(scope: scope) }
      while !FileManager.default.fileExists(atPath: note) { try await Task.sleep(for: .milliseconds(10)) }
      task.cancel()
      #expect(await expect(.cancelled) { try await task.value } != nil)
      let text = try String(contentsOfFile: note, encoding: .utf8)
      let child = try #require(pid_t(text.prefix { $0.isNumber }))
      // It is gone, or waits for whoever reaps orphans.
      func runs() -> Bool {
        let status = try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)  // Absent once it is reaped.
        return status.map { !$0.contains(") Z") } ?? false
      }
      while runs() { try await Task.sleep(for: .milliseconds(10)) }
    }
  }

  @Test func `a command that hangs is ended`() async throws {
    try await withCLI("exec sleep 300") { (az) async throws in
      let error = await expect(.unauthenticated) {
        try await AzureCLICredential(command: az, timeout: .seconds(1)).token(scope: scope)
      }
      #expect(error?.message.contains("within 1 s") == true)
    }
  }
}
