import Testing

@testable import Emulator

@Suite struct PostureTests {
  @Test(arguments: [
    ("203.0.113.10", "203.0.113.10", true), ("203.0.113.10", "203.0.113.11", false),
    ("203.0.112.0/22", "203.0.113.255", true), ("203.0.112.0/24", "203.0.113.0", false),
    (
      "203.0.112.0/24", "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/s",
      false
    ),
  ])
  func `an address is let in by a rule that holds it`(rule: String, caller: String, isAdmitted: Bool) throws {
    let rules = try NetworkRules.normal(["defaultAction": "Deny", "ipRules": [["value": .string(rule)]]], [:])
    #expect(NetworkRules(rules).admit(try #require(Caller(caller)), [:]) == isAdmitted)
    let open = rules.merging(["defaultAction": "Allow"])
    #expect(NetworkRules(open).admit(try #require(Caller(caller)), [:]))
  }

  @Test(
    arguments: [
      ["bypass": "AzureServices"], ["defaultAction": "deny"], ["defaultAction": "Deny", "bypass": "Everything"],
      ["defaultAction": "Deny", "ipRules": [["value": "172.16.0.1"]]],
      ["defaultAction": "Deny", "ipRules": [["value": "203.0.113.0/31"]]],
      ["defaultAction": "Deny", "ipRules": [["value": "203.0.113.1/32"]]],
      ["defaultAction": "Deny", "ipRules": [["value": "2001:db8::1"]]],
      ["defaultAction": "Deny", "virtualNetworkRules": [["id": "/subscriptions/s"]]],
    ] as [JSONValue])
  func `rules that the service does not take are refused`(rules: JSONValue) {
    #expect(throws: ResourceError.self) { try NetworkRules.normal(rules, [:]) }
  }

  @Test(arguments: ["10.0.0.0/8", "localhost", "", "/subscriptions/s", "::1"])
  func `a caller is an address or a subnet`(text: String) {
    #expect(Caller(text) == nil)
  }

  @Test func `changed rules act after some requests where they are told to`() {
    let delay = RulesDelay(2)
    let rules: [JSONValue] = [["defaultAction": "Allow"], ["defaultAction": "Deny"]]
    #expect(delay.acting(rules[0], of: "a") == rules[0])
    #expect((0..<3).map { _ in delay.acting(rules[1], of: "a") } == [rules[0], rules[0], rules[1]])
    #expect(delay.acting(rules[0], of: "a") == rules[1])
    #expect(delay.acting(rules[1], of: "b") == rules[1])
    #expect(RulesDelay(0).acting(rules[1], of: "a") == rules[1])
  }

  @Test func `a subnet loses its way in with its service endpoint`() throws {
    let bench = try Bench()
    let network = "Microsoft.Network/virtualNetworks/v"
    let space: JSONValue = [
      "location": "westeurope", "properties": ["addressSpace": ["addressPrefixes": ["10.0.0.0/16"]]],
    ]
    _ = try bench.resource("PUT", network, space)
    let plain: JSONValue = ["addressPrefix": "10.0.0.0/24"]
    let reaching = plain.merging(["serviceEndpoints": [["service": "Microsoft.Storage"]]])
    let subnet = try bench.resource("PUT", network + "/subnets/job", ["properties": reaching])
    let id = try #require(subnet.json()["id"]?.string)
    let rules: JSONValue = ["defaultAction": "Deny", "virtualNetworkRules": [["id": .string(id)]]]
    #expect(try bench.account(["networkAcls": rules]).status == 200)
    #expect(bench.blob("GET", "?comp=list").code == "AuthorizationFailure")
    #expect(bench.send("POST", "/_emulator/caller", body: "elsewhere").status == 400)
    #expect(bench.send("POST", "/_emulator/caller", body: id).status == 204)
    #expect(bench.blob("GET", "?comp=list").status == 200)
    _ = try bench.resource("PUT", network + "/subnets/job", ["properties": plain])
    #expect(bench.blob("GET", "?comp=list").code == "AuthorizationFailure")
    #expect(try bench.resource("DELETE", network + "/subnets/job").status == 200)
    let shown = try bench.resource("GET", Bench.account).json()["properties"]?["networkAcls"]
    #expect(shown?["virtualNetworkRules"]?.array?.first?["state"] == "NetworkSourceDeleted")
  }

  @Test func `the account's key opens nothing where it is off, a token does`() throws {
    let bench = try Bench()
    try bench.account(["allowSharedKeyAccess": false])
    #expect(bench.blob("GET", "?comp=list").code == "KeyBasedAuthenticationNotPermitted")
    let signed = "/devstoreaccount1/?comp=list&sv=2021-12-02&ss=b&srt=s&sp=l&se=2099-01-01&sig=AAAA"
    #expect(bench.send("GET", signed).code == "KeyBasedAuthenticationNotPermitted")
    #expect(try bench.blobByToken("GET", "?comp=list").status == 200)
  }

  @Test func `plain http is refused where https alone is allowed`() throws {
    let bench = try Bench()
    try bench.account(["supportsHttpsTrafficOnly": true])
    #expect(bench.blob("GET", "?comp=list").code == "AccountRequiresHttps")
    #expect(bench.blob("GET", "?comp=list", scheme: "https").status == 200)
  }

  @Test(arguments: ["Disabled", "SecuredByPerimeter"])
  func `an account without a public network is reached by nobody`(access: String) throws {
    let bench = try Bench()
    try bench.account(["publicNetworkAccess": .string(access)])
    #expect(bench.blob("GET", "?comp=list").status == 403)
    #expect(try bench.resource("GET", Bench.account).status == 200)
  }

  @Test func `anyone reads what both the account and the container open`() throws {
    let bench = try Bench()
    try bench.account(["allowBlobPublicAccess": true])
    #expect(bench.blob("PUT", "open?restype=container", ["x-ms-blob-public-access": "container"]).status == 201)
    #expect(bench.blob("PUT", "files?restype=container", ["x-ms-blob-public-access": "blob"]).status == 201)
    #expect(bench.blob("PUT", "shut?restype=container").status == 201)
    for container in ["open", "files", "shut"] {
      #expect(bench.blob("PUT", "\(container)/b", ["x-ms-blob-type": "BlockBlob"], body: "1").status == 201)
    }
    func read(_ path: String, _ method: String = "GET") -> Int {
      bench.send(method, "/devstoreaccount1/\(path)").status
    }
    #expect(read("open/b") == 200 && read("files/b") == 200 && read("shut/b") == 401)
    #expect(read("open?restype=container&comp=list") == 200 && read("files?restype=container&comp=list") == 401)
    #expect(read("open/b", "DELETE") == 401 && read("?comp=list") == 401)
    try bench.account(["allowBlobPublicAccess": false])
    #expect(read("open/b") == 409)
    #expect(
      bench.blob("PUT", "more?restype=container", ["x-ms-blob-public-access": "blob"]).code
        == "PublicAccessNotPermitted")
    #expect(
      try bench.resource("PATCH", Bench.containers + "/shut", ["properties": ["publicAccess": "Blob"]]).errorCode()
        == "PublicAccessNotPermitted")
  }

  @Test(
    arguments: [
      ["allowBlobPublicAccess": "no"], ["minimumTlsVersion": "TLS1_4"], ["publicNetworkAccess": "Off"],
      ["supportsHttpsTrafficOnly": 1],
    ] as [JSONValue])
  func `properties of the wrong kind are refused and nothing changes`(properties: JSONValue) throws {
    let bench = try Bench()
    let before = try bench.resource("GET", Bench.account).text
    #expect(try bench.account(properties).errorCode() == "InvalidValuesForRequestParameters")
    #expect(try bench.resource("GET", Bench.account).text == before)
  }

  @Test func `a blob service that is closed still opens to resource manager`() throws {
    let bench = try Bench()
    try bench.account(["networkAcls": ["defaultAction": "Deny"]])
    #expect(try bench.resource("PUT", Bench.containers + "/logs").status == 201)
    #expect(bench.blob("GET", "logs?restype=container").status == 403)
  }
}
