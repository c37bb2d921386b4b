import FoundationEssentials
import Testing

@testable import Emulator

@Suite struct ServerFaultTests {
  @Test(
    arguments: [
      ("throttle:every=7", [FaultRule(.throttle(retryAfter: 1), selection: .every(7))]),
      ("500:op=PutBlock,n=3", [FaultRule(.status(500), operation: .putBlock, selection: .numbered(3...3))]),
      (
        "reset:rate=0.05,stall:op=Query,n=2-4,seconds=30",
        [
          FaultRule(.reset, selection: .rate(0.05)),
          FaultRule(.stall(seconds: 30, inBody: false), operation: .query, selection: .numbered(2...4)),
        ]
      ),
      (
        "partial:op=Query,n=5,code=-1; truncate:bytes=10,table=T",
        [
          FaultRule(.partial(code: "-1"), operation: .query, selection: .numbered(5...5)),
          FaultRule(.truncate(bytes: 10), table: "T"),
        ]
      ),
      ("expire-token", [FaultRule(.expireToken)]),
      ("lost-reply:op=AppendBlock,n=1", [FaultRule(.lostReply, operation: .appendBlock, selection: .numbered(1...1))]),
      (
        "late-rows:table=T,file=/a:b,n=2",
        [
          FaultRule(.lateRows(table: "T", file: "/a:b"), table: "T", selection: .numbered(2...2))
        ]
      ),
      ("", []),
    ] as [(String, [FaultRule])])
  func `rules are read`(text: String, rules: [FaultRule]) throws {
    #expect(try FaultRule.parse(text) == rules)
  }

  @Test(arguments: [
    "nonsense", "600", "n=1", "reset:n=0", "reset:n=3-2", "reset:n=x", "reset:rate=2", "reset:every=0",
    "reset:n=1,every=2", "reset:op=Nothing", "reset:seconds=1", "stall:seconds=x", "late-rows:table=T", "reset:op=",
    "throttle:after=-1", "stall:at=end",
  ])
  func `what is no rule is refused by name`(text: String) {
    #expect(throws: FaultRule.Malformed.self) { try FaultRule.parse(text) }
  }

  @Test func `chance is decided by the seed alone`() {
    func struck(_ seed: UInt64) -> [Int] {
      let injector = FaultInjector([FaultRule(.reset, selection: .rate(0.2))], seed: seed)
      return (0..<500).filter { _ in injector.strike(.query, table: nil) != nil }
    }
    #expect(struck(1) == struck(1))
    #expect(struck(1) != struck(2))
    #expect((50...150).contains(struck(1).count))
  }

  @Test func `rules count only what they match, and the first that strikes wins`() throws {
    let injector = FaultInjector(
      try FaultRule.parse("500:op=Query,table=T,n=2,503:op=Query,n=2,400:op=PutBlob"), seed: 1)
    #expect(injector.strike(.query, table: "T") == nil)
    #expect(injector.strike(.query, table: "Other") == .status(503))
    #expect(injector.strike(.query, table: "T") == .status(500))
    #expect(injector.strike(.putBlob, table: nil) == .status(400))
    #expect(injector.counts == ["503": 1, "500": 1, "400": 1])
  }

  @Test(
    arguments: [
      (#"{"query":"SecurityEvent | count"}"#, "SecurityEvent"),
      (#"{"timespan":"P1D","query" : "['My_T'] | x"}"#, "My_T"),
      (#"{"q":"T"}"#, nil), ("", nil),
    ] as [(String, String?)])
  func `a query's table is its first name`(body: String, table: String?) {
    let request = HTTPRequest(method: "POST", target: RequestTarget("/q"), body: Array(body.utf8))
    #expect(QueryTable.name(in: request, .query) == table)
  }

  private func bench(_ faults: String, _ logs: StubLogs = StubLogs()) throws -> Bench {
    try Bench(logs) { $0.faults = try FaultRule.parse(faults) }
  }

  @Test func `throttling is 429 for queries and 503 for storage`() throws {
    let bench = try bench("throttle:op=Query,after=3,throttle:op=CreateContainer,after=4")
    let query = try bench.query()
    #expect(query.status == 429 && query.headers["retry-after"] == "3" && query.text.contains("ThrottledError"))
    let blob = bench.blob("PUT", "c-1?restype=container")
    #expect(blob.status == 503 && blob.code == "ServerBusy" && blob.headers["retry-after"] == "4")
    #expect(bench.logs.asked.isEmpty)
  }

  @Test(arguments: [
    (400, "BadArgumentError"), (401, "AuthenticationFailed"), (403, "InsufficientAccessError"),
    (404, "PathNotFoundError"), (429, "ThrottledError"), (503, "ServiceUnavailable"), (504, "GatewayTimeout"),
  ])
  func `a status for queries has the service's code`(status: Int, code: String) throws {
    let reply = try bench("\(status):op=Query").query()
    #expect(reply.status == status && reply.text.contains("\"code\":\"\(code)\""))
    #expect((reply.headers["www-authenticate"] != nil) == (status == 401))
  }

  @Test(arguments: [
    (403, "AuthorizationFailure"), (404, "ResourceNotFound"), (412, "ConditionNotMet"), (500, "InternalError"),
    (503, "ServerBusy"), (504, "OperationTimedOut"),
  ])
  func `a status for storage has the service's code`(status: Int, code: String) throws {
    let reply = try bench("\(status):op=ListContainers").blob("GET", "?comp=list")
    #expect(reply.status == status && reply.code == code)
  }

  @Test func `a partial error follows the rows in the recorded shape`() throws {
    let rows = #"{"tables":[{"name":"PrimaryResult","columns":[],"rows":[[1]]}]"#
    let reply = try bench("partial", StubLogs(rows + "}")).query()
    #expect(reply.status == 200)
    #expect(
      reply.text == rows
        + #","error":{"code":"PartialError","message":"There were some errors when processing your query.","#
        + #""details":[{"code":"EngineError","message":"Something went wrong processing your query on the server.","#
        + #""innererror":{"code":"-2133196797","message":"The results of this query exceed the set limit of 64000000 "#
        + #"bytes, so not all records were returned","severity":2,"severityName":"Error"}}]}}"#)
  }

  @Test func `a partial answer is not kept for the next query`() throws {
    let bench = try bench("partial:n=1")
    #expect(try bench.query().text.contains("PartialError"))
    #expect(try !bench.query().text.contains("PartialError"))
    #expect(bench.logs.asked.count == 2)
  }

  @Test(arguments: 1...12) func `a partial error is added whatever the pieces of the body`(size: Int) throws {
    let body = PartialErrorBody(BytesBody(Array("{\"a\":1}".utf8)), code: "-1")
    var out: [UInt8] = []
    // A buffer has room for the byte held back and one more.
    var piece = [UInt8](repeating: 0, count: size + 1)
    while case let count = try piece.withUnsafeMutableBytes({ try body.next(into: $0) }), count > 0 {
      out += piece[..<count]
    }
    #expect(String(decoding: out, as: UTF8.self) == "{\"a\":1,\(LogErrors.partial(code: "-1"))}")
  }

  @Test func `truncated bodies break off`() throws {
    let whole = try Bench().query().bytes
    let cut = try bench("truncate:bytes=20").query()
    #expect(cut.isCut && cut.bytes == Array(whole[..<20]))
    let halved = try bench("truncate").query()
    #expect(halved.isCut && halved.bytes.count < whole.count)
  }

  @Test func `an expired token stays expired and a new one works`() throws {
    let bench = try bench("expire-token:n=2")
    let headers = ["Authorization": "Bearer \(try bench.token("https://api.loganalytics.io"))"]
    #expect(try [200, 401, 401] == (0..<3).map { _ in try bench.query(headers: headers).status })
    #expect(try bench.query().status == 200)
  }

  @Test func `a lost reply has done its work`() throws {
    let bench = try bench("lost-reply:op=CreateContainer,n=1,reset:op=DeleteContainer,n=1")
    #expect(bench.blob("PUT", "c-1?restype=container").isReset)
    #expect(bench.blob("PUT", "c-1?restype=container").code == "ContainerAlreadyExists")
    #expect(bench.blob("DELETE", "c-1?restype=container").isReset)
    #expect(bench.blob("DELETE", "c-1?restype=container").status == 202)
  }

  @Test func `a lost lease cannot be renewed`() throws {
    let bench = try bench("lease-lost:n=2")
    _ = bench.blob("PUT", "c-1?restype=container")
    let acquired = bench.blob(
      "PUT", "c-1?restype=container&comp=lease", ["x-ms-lease-action": "acquire", "x-ms-lease-duration": "15"])
    let id = try #require(acquired.headers["x-ms-lease-id"])
    let renewed = bench.blob(
      "PUT", "c-1?restype=container&comp=lease", ["x-ms-lease-action": "renew", "x-ms-lease-id": id])
    #expect(renewed.status == 409)
  }

  @Test func `an empty answer and one too large can be had`() throws {
    let bench = try bench("empty:n=1,response-too-large:n=2")
    let empty = try bench.query()
    #expect(empty.status == 200 && empty.bytes.isEmpty)
    #expect(try bench.query().text.contains("ResponseSizeError"))
  }

  @Test func `late rows arrive before the request that they are late for`() throws {
    let file = "/tmp/logexport-late-\(Digest.guid()).ndjson"
    try Data("{\"a\":1}\n".utf8).write(to: URL(filePath: file))
    defer { removeFolder(file) }
    let bench = try bench("late-rows:table=T,file=\(file),n=2")
    #expect(try bench.query("T | count").status == 200)
    #expect(bench.logs.ingested.isEmpty)
    #expect(try bench.query("Other").status == 200)
    #expect(try bench.query("T").status == 200)
    #expect(bench.logs.ingested.map { $0.stream } == ["T"])
    #expect(bench.logs.ingested.map { $0.body } == [#"[{"a":1}]"#])
  }

  @Test func `a stalled body waits once, behind its first piece`() throws {
    let waits = Countdown(100)
    let body = StalledBody(BytesBody([UInt8](repeating: 1, count: 100_000))) { _ = waits.take(1) }
    var piece = [UInt8](repeating: 0, count: 64 * 1024)
    let first = try piece.withUnsafeMutableBytes { try body.next(into: $0) }
    #expect(first == 1024)
    #expect(try body.bytes().count == 100_000 - 1024)
    #expect(waits.take(1000) == 99)
  }

  @Test func `rules are replaced and requests counted while it runs`() throws {
    let bench = try Bench()
    #expect(bench.send("POST", "/_emulator/faults", body: "503:op=Query,n=1").status == 204)
    #expect(try bench.query().status == 503)
    #expect(try bench.query().status == 200)
    #expect(bench.send("POST", "/_emulator/faults", body: "nonsense").status == 400)
    let counts = bench.send("GET", "/_emulator/requests").text
    #expect(counts == #"{"requests":{"Query":2,"Token":2},"faults":{"503":1},"peakConcurrency":1}"#)
  }
}
