import Testing

@testable import Emulator

@Suite struct ImmutabilityTests {
  private static let policy = Bench.containers + "/logs/immutabilityPolicies/default"

  private func declare(_ bench: Bench, days: Int, appends: Bool = false) throws {
    _ = try bench.resource("PUT", Bench.containers + "/logs")
    let properties: JSONValue = [
      "immutabilityPeriodSinceCreationInDays": .integer(days), "allowProtectedAppendWrites": .bool(appends),
    ]
    #expect(try bench.resource("PUT", Self.policy, ["properties": properties]).status == 200)
  }

  private func put(_ bench: Bench, _ name: String, _ kind: String = "BlockBlob", _ headers: [String: String] = [:])
    -> Reply
  {
    bench.blob(
      "PUT", "logs/\(name)", ["x-ms-blob-type": kind].merging(headers) { $1 }, body: kind == "BlockBlob" ? "1" : "")
  }

  @Test func `a blob is written once and then only read until its days are over`() throws {
    let bench = try Bench()
    try declare(bench, days: 2)
    #expect(put(bench, "b").status == 201)
    #expect(put(bench, "b").code == "BlobImmutableDueToPolicy")
    #expect(put(bench, "b", "BlockBlob", ["If-None-Match": "*"]).code == "BlobAlreadyExists")
    #expect(bench.blob("PUT", "logs/b?comp=metadata", ["x-ms-meta-a": "1"]).code == "BlobImmutableDueToPolicy")
    #expect(bench.blob("PUT", "logs/b?comp=properties").code == "BlobImmutableDueToPolicy")
    #expect(bench.blob("PUT", "logs/b?comp=tier", ["x-ms-access-tier": "Cool"]).status == 200)
    #expect(bench.blob("GET", "logs/b").text == "1")
    bench.time.advance(seconds: 2 * 86_400 - 1)
    #expect(bench.blob("DELETE", "logs/b").code == "BlobImmutableDueToPolicy")
    bench.time.advance(seconds: 1)
    #expect(put(bench, "b").code == "BlobImmutableDueToPolicy")
    #expect(bench.blob("DELETE", "logs/b").status == 202)
    #expect(put(bench, "b").status == 201)
  }

  @Test func `blocks become a blob once`() throws {
    let bench = try Bench()
    try declare(bench, days: 2)
    let list = "<BlockList><Latest>MDAx</Latest></BlockList>"
    #expect(bench.blob("PUT", "logs/b?comp=block&blockid=MDAx", body: "1").status == 201)
    #expect(bench.blob("PUT", "logs/b?comp=blocklist", body: list).status == 201)
    #expect(bench.blob("PUT", "logs/b?comp=blocklist", body: list).code == "BlobImmutableDueToPolicy")
    #expect(bench.blob("GET", "logs/b").text == "1")
  }

  @Test(arguments: [false, true])
  func `an append blob grows only where protected appends are allowed`(isAllowed: Bool) throws {
    let bench = try Bench()
    try declare(bench, days: 2, appends: isAllowed)
    #expect(put(bench, "log", "AppendBlob").status == 201)
    let reply = bench.blob("PUT", "logs/log?comp=appendblock", body: "row")
    #expect(isAllowed ? reply.status == 201 : reply.code == "BlobImmutableDueToPolicy")
    #expect(bench.blob("GET", "logs/log").text == (isAllowed ? "row" : ""))
    #expect(put(bench, "log", "AppendBlob").code == "BlobImmutableDueToPolicy")
  }

  @Test func `a container goes only once its blobs are gone`() throws {
    let bench = try Bench()
    try declare(bench, days: 1)
    #expect(put(bench, "b").status == 201)
    #expect(bench.blob("DELETE", "logs?restype=container").status == 409)
    #expect(try bench.resource("DELETE", Bench.containers + "/logs").status == 409)
    #expect(bench.send("POST", "/_emulator/policies?advance=1").status == 204)
    #expect(bench.blob("DELETE", "logs/b").status == 202)
    #expect(bench.blob("DELETE", "logs?restype=container").status == 202)
  }

  @Test func `an unlocked policy may be taken away again`() throws {
    let bench = try Bench()
    try declare(bench, days: 1)
    #expect(put(bench, "b").status == 201)
    #expect(try bench.resource("DELETE", Self.policy).status == 400)
    #expect(try bench.resource("DELETE", Self.policy, nil, ["If-Match": "\"other\""]).status == 412)
    let etag = try #require(try bench.resource("GET", Self.policy).headers["etag"])
    #expect(try bench.resource("DELETE", Self.policy, nil, ["If-Match": etag]).status == 200)
    #expect(try bench.resource("GET", Self.policy).json()["properties"]?["immutabilityPeriodSinceCreationInDays"] == 0)
    #expect(bench.blob("DELETE", "logs/b").status == 202)
  }

  @Test(
    arguments: [
      [:], ["immutabilityPeriodSinceCreationInDays": 0], ["immutabilityPeriodSinceCreationInDays": 146_001],
      ["immutabilityPeriodSinceCreationInDays": "9"],
      [
        "immutabilityPeriodSinceCreationInDays": 9, "allowProtectedAppendWrites": true,
        "allowProtectedAppendWritesAll": true,
      ],
    ] as [JSONValue])
  func `periods and flags out of range are refused`(properties: JSONValue) throws {
    let bench = try Bench()
    _ = try bench.resource("PUT", Bench.containers + "/logs")
    #expect(try bench.resource("PUT", Self.policy, ["properties": properties]).status == 400)
  }

  @Test func `listings and properties tell of the policy`() throws {
    let bench = try Bench()
    try declare(bench, days: 1)
    #expect(bench.blob("GET", "logs?restype=container").headers["x-ms-has-immutability-policy"] == "true")
    #expect(bench.blob("GET", "?comp=list").text.contains("<HasImmutabilityPolicy>true</HasImmutabilityPolicy>"))
    let shown = try bench.resource("GET", Bench.containers + "/logs").json()["properties"]
    #expect(shown?["hasImmutabilityPolicy"] == true && shown?["immutabilityPolicy"]?["etag"]?.string != nil)
  }
}
