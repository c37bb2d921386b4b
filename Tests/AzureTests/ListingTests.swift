import Azure
import BlobStorage
import HTTP
import Pacing
import Testing

@Suite struct PagedListingTests {
  private func page(_ names: [String], next: String = "") -> String {
    let blobs = names.map {
      "<Blob><Name>\($0)</Name><Properties><Etag>0x1</Etag><Content-Length>1</Content-Length></Properties></Blob>"
    }
    return "<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults><Blobs>\(blobs.joined())</Blobs>"
      + "<NextMarker>\(next)</NextMarker></EnumerationResults>"
  }

  /// The names of a listing, as answers tell them.
  private func names(
    _ answers: [ScriptedServer.Answer], expect requests: Int
  ) async throws -> [String] {
    var names: [String] = []
    try await withServer(answers) { server in
      let pipeline = Pipeline(
        client: HTTPClient(), hosts: HostPolicy(cloud: .emulator, allowed: []),
        backoff: Backoff(base: .milliseconds(1), cap: .milliseconds(4), attempts: 2))
      let store = AzureBlobStore(
        url: "\(server.url)/dev", pipeline: pipeline, authorizer: SASAuthorizer(token: Secret("sv=1&sig=x")))
      defer { #expect(server.requests.count == requests) }
      try await store.list("logs-a", prefix: "", metadata: true) { names += $0.map(\.name) }
    }
    return names
  }

  @Test func `pages are read up to the one without a marker, be some of them empty`() async throws {
    let found = try await names(
      [
        .reply(200, [:], page(["a", "b"], next: "1")), .reply(200, [:], page([], next: "2")),
        .reply(200, [:], page(["c"])),
      ],
      expect: 3)
    #expect(found == ["a", "b", "c"])
  }

  @Test(arguments: [["1", "1"], ["1", "2", "1"]])
  func `a listing that leads back to a page is an error, not a loop`(_ markers: [String]) async throws {
    await #expect {
      _ = try await names(markers.map { .reply(200, [:], page(["a"], next: $0)) }, expect: markers.count)
    } throws: { "\($0)".contains("leads back to a page") }
  }

  @Test func `a page that breaks off is asked for again, and none of it is told twice`() async throws {
    let whole = page(["a", "b"])
    let found = try await names([.breakOff(whole, after: 250), .reply(200, [:], whole)], expect: 2)
    #expect(found == ["a", "b"])
  }

  @Test func `a page that ends early although it came whole is an error`() async throws {
    await #expect(throws: StoreError.self) {
      _ = try await names([.reply(200, [:], String(page(["a", "b"]).prefix(150)))], expect: 1)
    }
  }
}
