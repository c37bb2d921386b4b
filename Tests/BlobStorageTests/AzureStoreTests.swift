import BlobStorage
import Compression
import Emulator
import HTTP
import Testing

@testable import Azure

@Suite struct AzureStoreTests {
  private func withContainer(
    _ faults: String = "", pageSize: Int = 5000, _ body: (Emulator, AzureBlobStore) async throws -> Void
  ) async throws {
    try await withEmulator("", pageSize: pageSize) { (emulator, store) async throws in
      try await store.createContainer("logs-a", metadata: [:])
      emulator.replaceFaults(try FaultRule.parse(faults))
      try await body(emulator, store)
    }
  }

  @Test func `a listing goes through all its pages`() async throws {
    try await withContainer(pageSize: 7) { (_, store) async throws in
      let names = (0..<30).map { "n\($0 + 10) ü&" }
      for name in names { _ = try await store.put(bytes(name), to: blob(name), plain) }
      var pages: [Int] = []
      var found: [String] = []
      try await store.list("logs-a", prefix: "n", metadata: true) { page in
        pages.append(page.count)
        found += page.map(\.name)
      }
      #expect(pages == [7, 7, 7, 7, 2])
      #expect(found == names)
    }
  }

  @Test func `a lost reply to a create is told by what lies there`() async throws {
    try await withContainer("lost-reply:op=PutBlob,n=1;lost-reply:op=PutBlockList,n=1") {
      (emulator, store) async throws in
      let properties = BlobProperties(contentType: "a/b", metadata: ["logexport_run": "1"])
      await expect(.alreadyExists) { _ = try await store.put(bytes("mine"), to: blob("x"), properties) }
      #expect(try await store.properties(of: blob("x"))?.metadata == BlobMetadata(properties.metadata))
      let upload = BlobUpload(address: blob("y"), token: "0000000a")
      try await store.stage(bytes("mine"), block: 0, of: upload)
      await expect(.alreadyExists) { _ = try await store.commit(upload, blocks: 1, properties) }
      #expect(try await store.text(blob("y")) == "mine")
      #expect(emulator.requestCounts["PutBlockList"] == 2)
    }
  }

  @Test func `a lost reply to a block is mended by staging it again`() async throws {
    try await withContainer("lost-reply:op=PutBlock,n=1") { (emulator, store) async throws in
      let upload = BlobUpload(address: blob("y"), token: "0000000a")
      try await store.stage(bytes("once"), block: 0, of: upload)
      _ = try await store.commit(upload, blocks: 1, plain)
      #expect(try await store.text(blob("y")) == "once")
      #expect(emulator.requestCounts["PutBlock"] == 2)
    }
  }

  @Test func `a lost reply to an append is a position that moved, by just these bytes`() async throws {
    try await withContainer("lost-reply:op=AppendBlock,n=1") { (_, store) async throws in
      _ = try await store.createAppendBlob(blob("x"), plain)
      await expect(.conditionFailed) { _ = try await store.append(bytes("row\n"), to: blob("x"), at: 0) }
      #expect(try await store.text(blob("x")) == "row\n")
    }
  }

  @Test func `a lost reply to a delete is a blob that is gone`() async throws {
    try await withContainer("lost-reply:op=DeleteBlob,n=1") { (_, store) async throws in
      _ = try await store.put(bytes("x"), to: blob("x"), plain)
      await expect(.notFound) { try await store.delete(blob("x"), ifMatch: nil) }
      #expect(try await store.all() == [])
    }
  }

  @Test func `a lost reply to a container's creation is a container that is there`() async throws {
    try await withEmulator("lost-reply:op=CreateContainer,n=1") { (_, store) async throws in
      await expect(.alreadyExists) { try await store.createContainer("logs-a", metadata: ["k": "v"]) }
      #expect(try await store.containerMetadata("logs-a")?.values == ["k": "v"])
    }
  }

  @Test(arguments: [
    "throttle:op=PutBlob,n=1-2,after=0", "500:op=PutBlob,n=1-2", "503:op=PutBlob,n=1-2", "reset:op=PutBlob,n=1-2",
  ])
  func `a busy service is asked again`(_ faults: String) async throws {
    try await withContainer(faults) { (emulator, store) async throws in
      _ = try await store.put(bytes("x"), to: blob("x"), plain)
      #expect(emulator.requestCounts["PutBlob"] == 3)
    }
  }

  @Test(arguments: [(503, 4), (500, 4), (429, 33), (408, 4)])
  func `a service that stays busy is unavailable, with its code and request`(
    _ status: Int, requests: Int
  ) async throws {
    try await withContainer("\(status):op=PutBlob") { (emulator, store) async throws in
      let error = await expect(.unavailable) { _ = try await store.put(bytes("x"), to: blob("x"), plain) }
      #expect(error?.requestID?.isEmpty == false)
      #expect(error?.description.contains("\(status)") == true)
      #expect(emulator.requestCounts["PutBlob"] == requests)
    }
  }

  @Test(arguments: [
    (400, StoreError.Code.invalid), (403, .denied), (404, .notFound), (409, .refused), (412, .alreadyExists),
    (413, .invalid),
  ])
  func `a refusal is never tried again`(_ status: Int, _ code: StoreError.Code) async throws {
    try await withContainer("\(status):op=PutBlob") { (emulator, store) async throws in
      await expect(code) { _ = try await store.put(bytes("x"), to: blob("x"), plain) }
      #expect(emulator.requestCounts["PutBlob"] == 1)
    }
  }

  @Test func `a wrong key is denied, with the service's code and request but no key`() async throws {
    try await withContainer { (emulator, _) async throws in
      let key = "d3Jvbmcta2V5LXdyb25nLWtleQ=="
      let store = try azureStore(emulator, key: key)
      for attempt in [
        { _ = try await store.put(bytes("x"), to: blob("x"), plain) },
        { _ = try await store.properties(of: blob("x")) }, { _ = try await store.all() },
      ] as [() async throws -> Void] {
        let error = await expect(.denied, #_sourceLocation, attempt)
        #expect(error?.description.contains("AuthenticationFailed") == true, "\(error as Any)")
        #expect(error?.requestID?.isEmpty == false)
        #expect(error?.description.contains(key) == false)
      }
      #expect(emulator.requestCounts["PutBlob"] == 1)
    }
  }

  @Test func `a leased blob is refused, not taken for another one`() async throws {
    try await withContainer { (emulator, store) async throws in
      _ = try await store.put(bytes("x"), to: blob("x"), plain)
      let authorizer = try #require(
        SharedKeyAuthorizer(account: DevelopmentIdentity.account, key: Secret(DevelopmentIdentity.key)))
      let lease = HTTPRequest(
        method: "PUT", url: "\(store.url)/logs-a/x?comp=lease",
        headers: [("x-ms-version", "2021-12-02"), ("x-ms-lease-action", "acquire"), ("x-ms-lease-duration", "-1")],
        body: [])
      #expect(try await quickPipeline().send(lease, to: .storage, authorizer).head.status == 201)
      await expect(.refused) { try await store.delete(blob("x"), ifMatch: nil) }
      #expect(try await store.text(blob("x")) == "x")
    }
  }

  @Test func `a blob in the archive tier says so`() async throws {
    try await withContainer { (_, store) async throws in
      _ = try await store.put(bytes("x"), to: blob("x"), plain)
      let authorizer = try #require(
        SharedKeyAuthorizer(account: DevelopmentIdentity.account, key: Secret(DevelopmentIdentity.key)))
      let tier = HTTPRequest(
        method: "PUT", url: "\(store.url)/logs-a/x?comp=tier",
        headers: [("x-ms-version", "2021-12-02"), ("x-ms-access-tier", "Archive")], body: [])
      #expect((200...202).contains(try await quickPipeline().send(tier, to: .storage, authorizer).head.status))
      let error = await expect(.archived) { _ = try await store.read(blob("x"), range: nil) }
      #expect(error?.description.contains("BlobArchived") == true)
    }
  }

  @Test func `a token is as good as a key`() async throws {
    try await withContainer { (emulator, store) async throws in
      let credential = ClientSecretCredential(
        pipeline: quickPipeline(), authority: emulator.url, tenant: DevelopmentIdentity.tenant,
        client: DevelopmentIdentity.client, secret: .text(Secret(DevelopmentIdentity.secret)))
      let other = AzureBlobStore(
        url: store.url, pipeline: quickPipeline(),
        authorizer: BearerAuthorizer(credential, scope: CloudEnvironment.emulator.storageScope))
      _ = try await other.put(bytes("x"), to: blob("x"), plain)
      #expect(try await store.text(blob("x")) == "x")
    }
  }

  /// An account SAS for blobs, signed as "Create an account SAS" says.
  private func signature(permissions: String, expiry: String) -> String {
    let fields = [
      ("sv", "2021-12-02"), ("ss", "b"), ("srt", "sco"), ("sp", permissions), ("se", expiry), ("spr", "https,http"),
    ]
    let text =
      [DevelopmentIdentity.account, permissions, "b", "sco", "", expiry, "", "https,http", "2021-12-02", ""]
      .joined(separator: "\n") + "\n"
    let key = Base64.decode(DevelopmentIdentity.key) ?? []
    let signature = Base64.encode(HMAC.sha256(key: key, bytes(text)))
    return (fields + [("sig", signature)]).map { "\($0)=\(PercentEncoding.query($1))" }.joined(separator: "&")
  }

  private func store(_ emulator: Emulator, sas: String) -> AzureBlobStore {
    AzureBlobStore(
      url: "\(emulator.url)/\(DevelopmentIdentity.account)", pipeline: quickPipeline(),
      authorizer: SASAuthorizer(token: Secret(sas)))
  }

  @Test func `a signature serves every operation, whatever the name`() async throws {
    try await withContainer { (emulator, _) async throws in
      let store = store(emulator, sas: "?" + signature(permissions: "rwdlac", expiry: "2100-01-01T00:00:00Z"))
      for name in NameContract.names {
        _ = try await store.put(bytes(name), to: blob(name), plain)
        #expect(try await store.all(prefix: name, metadata: true).isEmpty == false)
        #expect(try await store.text(blob(name)) == name)
      }
      let upload = BlobUpload(address: blob("staged +/="), token: "0000000a")
      try await store.stage(bytes("x"), block: 0, of: upload)
      _ = try await store.commit(upload, blocks: 1, plain)
      _ = try await store.createAppendBlob(blob("log"), plain)
      _ = try await store.append(bytes("x"), to: blob("log"), at: 0)
      try await store.delete(blob("log"), ifMatch: nil)
    }
  }

  @Test(arguments: [("r", "2100-01-01T00:00:00Z"), ("rwdlac", "2020-01-01T00:00:00Z")])
  func `a signature that is too old or allows too little is denied and not shown`(
    _ permissions: String, _ expiry: String
  ) async throws {
    try await withContainer { (emulator, _) async throws in
      let token = signature(permissions: permissions, expiry: expiry)
      let error = await expect(.denied) {
        _ = try await store(emulator, sas: token).put(bytes("x"), to: blob("x"), plain)
      }
      #expect(error?.requestID?.isEmpty == false)
      #expect(error?.description.contains("sig=") == false)
      #expect(error?.description.contains(token.suffix(20)) == false)
    }
  }

  @Test func `an unreachable service is named`() async throws {
    let store = AzureBlobStore(
      url: "http://127.0.0.1:1/dev", pipeline: quickPipeline(),
      authorizer: SASAuthorizer(token: Secret("sv=1&sig=hidden")))
    let error = await expect(.unreachable) { _ = try await store.put(bytes("x"), to: blob("x"), plain) }
    #expect(error?.description.contains("127.0.0.1:1") == true)
    #expect(error?.description.contains("hidden") == false)
  }

  @Test func `nothing is sent to a host that is not allowed`() async throws {
    let store = AzureBlobStore(
      url: "https://attacker.tld", pipeline: quickPipeline(),
      authorizer: SASAuthorizer(token: Secret("sv=1&sig=hidden")))
    let error = await expect(.hostNotAllowed) { _ = try await store.all() }
    #expect(error?.description.contains("--allow-host attacker.tld") == true)
  }
}
