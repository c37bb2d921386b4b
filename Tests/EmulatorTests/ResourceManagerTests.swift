import FoundationEssentials
import Testing

@testable import Emulator

@Suite struct ResourceManagerTests {
  @Test(arguments: [
    ("/subscriptions/s/resourceGroups/g/providers/A.B/t/n", "a.b/t", ["n"], false),
    ("/subscriptions/s/RESOURCEGROUPS/g/providers/A.B/T/n/U/m", "a.b/t/u", ["n", "m"], false),
    ("/subscriptions/s/resourceGroups/g/providers/A.B/t/n/listKeys", "a.b/t/listkeys", ["n"], true),
    ("/subscriptions/s/resourceGroups/g/providers/A.B/t", "a.b/t", [], true),
    ("/subscriptions/s/providers/A.B/t/n/providers/C.D/u/m", "c.d/u", ["m"], false),
    ("/subscriptions/s", "", [], false),
  ])
  func `a path is taken apart`(text: String, kind: String, names: [String], isCollection: Bool) {
    let path = ResourcePath(RequestTarget(text).segments)
    #expect(path.kind == kind && path.names == names && path.isCollection == isCollection)
    #expect(path.subscription == "s")
  }

  @Test func `the scope of an extension resource is what it hangs on`() {
    let path = ResourcePath(
      RequestTarget("/subscriptions/s/providers/A.B/t/n/providers/Microsoft.Authorization/roleAssignments").segments)
    #expect(path.scope == "/subscriptions/s/providers/A.B/t/n")
    #expect(ResourcePath(RequestTarget("/providers/A.B/t").segments).scope == "")
  }

  @Test(arguments: [
    ("/a/b", "/A/B/c", true), ("/a/b", "/a/b", true), ("/a/b/", "/a/b", true), ("/a/b", "/a/bc", false),
    ("/a/b/c", "/a/b", false), ("/", "/a", true),
  ])
  func `a scope holds what is under it, case aside`(scope: String, id: String, holds: Bool) {
    #expect(ResourceID.holds(scope, id) == holds)
  }

  @Test(arguments: [
    #"{"a":[1,2.5,true,null,"x\n"],"b":{}}"#, "[]", "-9223372036854775808", "\"\"",
  ])
  func `json of any shape comes back as it went in`(text: String) throws {
    #expect(try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)).text == text)
  }

  @Test func `nothing is said without a token, a version and a name that exists`() throws {
    let bench = try Bench()
    let account = ResourceManager.accountID("devstoreaccount1")
    #expect(bench.send("GET", account + "?api-version=2023-05-01").status == 401)
    let wrong = ["Authorization": "Bearer \(try bench.token("https://storage.azure.com"))"]
    #expect(
      try bench.send("GET", account + "?api-version=2023-05-01", wrong).errorCode()
        == "InvalidAuthenticationTokenAudience")
    let good = ["Authorization": "Bearer \(try bench.token("https://management.core.windows.net/"))"]
    #expect(try bench.send("GET", account, good).errorCode() == "MissingApiVersionParameter")
    #expect(
      try bench.send("GET", account + "?api-version=latest", good).errorCode() == "InvalidApiVersionParameter")
    #expect(bench.send("GET", account.uppercased() + "?api-version=2023-05-01", good).status == 200)
    for (path, code) in [
      ("/subscriptions/x/resourceGroups/emulator", "SubscriptionNotFound"),
      (account.replacing("/emulator/", with: "/other/"), "ResourceGroupNotFound"),
      (account + "x", "ResourceNotFound"), (account + "x/managementPolicies/default", "ParentResourceNotFound"),
    ] {
      #expect(try bench.resource("GET", path).errorCode() == code, "\(path)")
    }
    #expect(try bench.resource("GET", "Microsoft.Compute/virtualMachines/x").status == 501)
    #expect(try bench.resource("DELETE", Bench.account).status == 501)
    #expect(try bench.resource("POST", Bench.account).errorCode() == "MethodNotAllowed")
  }

  @Test(arguments: ["not json", "[]", ""])
  func `a body that is no object is refused`(body: String) throws {
    let bench = try Bench()
    let token = ["Authorization": "Bearer \(try bench.token("https://management.azure.com"))"]
    let target = ResourceManager.accountID("devstoreaccount1") + "?api-version=2023-05-01"
    let reply = bench.send("PATCH", target, token, body: body)
    #expect(try reply.status == 400 && reply.errorCode() == "InvalidRequestContent")
  }

  @Test func `faults are worded as resource manager words them`() throws {
    let bench = try Bench { $0.faults = try FaultRule.parse("throttle:op=WriteResource,after=7,n=1") }
    #expect(try bench.resource("GET", Bench.account).status == 200)
    let refused = try bench.account([:])
    #expect(
      try refused.status == 429 && refused.headers["retry-after"] == "7" && refused.errorCode() == "TooManyRequests")
    #expect(try bench.account([:]).status == 200)
    #expect(bench.services.counters.counts["WriteResource"] == 2)
  }

  @Test func `requests are recorded as they came`() throws {
    let bench = try Bench()
    try bench.account(["allowBlobPublicAccess": false])
    let recorded = try bench.send("GET", "/_emulator/resource-requests").json().array
    #expect(recorded?.count == 1 && recorded?.first?["method"] == "PATCH")
    #expect(recorded?.first?["body"] == ["properties": ["allowBlobPublicAccess": false]])
    #expect(recorded?.first?["query"] == ["api-version": "2023-05-01"])
  }

  @Test func `a leased container is not deleted from the other side`() throws {
    let bench = try Bench()
    _ = try bench.resource("PUT", Bench.containers + "/logs")
    let lease = ["x-ms-lease-action": "acquire", "x-ms-lease-duration": "-1"]
    let id = bench.blob("PUT", "logs?restype=container&comp=lease", lease).headers["x-ms-lease-id"]
    #expect(try bench.resource("GET", Bench.containers + "/logs").json()["properties"]?["leaseState"] == "Leased")
    #expect(try bench.resource("DELETE", Bench.containers + "/logs").errorCode() == "LeaseIdMissing")
    let release = ["x-ms-lease-action": "release", "x-ms-lease-id": try #require(id)]
    #expect(bench.blob("PUT", "logs?restype=container&comp=lease", release).status == 200)
    #expect(try bench.resource("DELETE", Bench.containers + "/logs").status == 200)
    #expect(try bench.resource("DELETE", Bench.containers + "/logs").status == 204)
  }

  @Test func `resources and policies survive a restart`() throws {
    let folder = FileManager.default.temporaryDirectory.path() + "/resources-\(Digest.guid())"
    defer { removeFolder(folder) }
    let policy: JSONValue = ["properties": ["immutabilityPeriodSinceCreationInDays": 9]]
    do {
      let bench = try Bench { $0.dataFolder = folder }
      try bench.account(["minimumTlsVersion": "TLS1_2"])
      #expect(try bench.resource("PUT", Bench.containers + "/logs").status == 201)
      #expect(try bench.resource("PUT", Bench.containers + "/logs/immutabilityPolicies/default", policy).status == 200)
      #expect(bench.blob("PUT", "logs/b", ["x-ms-blob-type": "BlockBlob"], body: "1").status == 201)
    }
    let bench = try Bench { $0.dataFolder = folder }
    let shown = try bench.resource("GET", Bench.account).json()
    #expect(shown["properties"]?["minimumTlsVersion"] == "TLS1_2")
    #expect(bench.blob("DELETE", "logs/b").code == "BlobImmutableDueToPolicy")
  }

  @Test func `networks are changed only over the version that was read`() throws {
    let bench = try Bench()
    let network = "Microsoft.Network/virtualNetworks/v"
    func body(_ prefixes: [JSONValue]) -> JSONValue {
      ["location": "westeurope", "properties": ["addressSpace": ["addressPrefixes": .array(prefixes)]]]
    }
    let made = try bench.resource("PUT", network, body(["10.0.0.0/16"]))
    let etag = try #require(made.headers["etag"])
    #expect(try made.status == 201 && made.json()["etag"]?.string == etag)
    let subnet: JSONValue = ["properties": ["addressPrefix": "10.0.0.0/24"]]
    #expect(try bench.resource("PUT", network + "/subnets/s", subnet).status == 201)
    let stale = try bench.resource("PUT", network, body(["10.0.0.0/8"]), ["If-Match": etag])
    #expect(try stale.status == 412 && stale.errorCode() == "PreconditionFailed")
    #expect(try bench.resource("PUT", network, body(["10.0.0.0/8"]), ["If-None-Match": "*"]).status == 412)
    // Subnets that a request does not name stay, and must still fit.
    #expect(
      try bench.resource("PUT", network, body(["10.0.0.0/8"])).json()["properties"]?["subnets"]?.array?.count == 1)
    #expect(try bench.resource("PUT", network, body(["172.16.0.0/12"])).errorCode() == "NetcfgSubnetRangeOutsideVnet")
    #expect(try bench.resource("PUT", network, body([])).status == 400)
    #expect(try bench.resource("PUT", network, ["properties": [:]]).errorCode() == "LocationRequired")
    #expect(try bench.resource("DELETE", network).status == 200)
    #expect(try bench.resource("DELETE", network).status == 204)
    #expect(try bench.resource("PUT", network + "/subnets/s", subnet).errorCode() == "ParentResourceNotFound")
  }
}
