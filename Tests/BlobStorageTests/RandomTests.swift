import BlobStorage
import TestSupport
import Testing

/// Every store, given the same operations, tells the same.
@Suite struct RandomTests {

  @Test(arguments: [StoreKind.directory, .azure])
  func `a random run ends as it does in memory`(_ kind: StoreKind) async throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    try await withStore(.memory) { (model) async throws in
      try await withStore(kind) { (store) async throws in
        var (first, second) = (SplitMix64(seed: seed), SplitMix64(seed: seed))
        for step in 0..<300 {
          let expected = try await act(model, &first)
          let found = try await act(store, &second)
          guard expected == found else {
            Issue.record("seed \(seed), step \(step): memory says \(expected), \(kind) says \(found)")
            return
          }
        }
        #expect(try await digest(model) == digest(store), "seed \(seed)")
      }
    }
  }

  /// One operation, and what came of it in words.
  private func act(_ store: any BlobStore, _ generator: inout SplitMix64) async throws -> String {
    let name = ["a", "b", "d/e", "d/f"].randomElement(using: &generator) ?? ""
    let log = blob(["log/1", "log/2"].randomElement(using: &generator) ?? "")
    let upload = BlobUpload(
      address: blob(name), token: ["0000000a", "0000000b"].randomElement(using: &generator) ?? "")
    let content = bytes(String(repeating: "x", count: Int.random(in: 1...50, using: &generator)))
    let number = Int.random(in: 0...2, using: &generator)
    let action = Int.random(in: 0..<9, using: &generator)
    let properties = BlobProperties(contentType: "a/b", metadata: ["n": "\(number)"])
    do throws(StoreError) {
      switch action {
      case 0: _ = try await store.put(content, to: blob(name), properties)
      case 1, 2:
        // A service forgets what was staged where a blob is created, so each upload is whole.
        await store.abandon(upload)
        for index in 0...number { try await store.stage(content, block: index, of: upload) }
        _ = try await store.commit(upload, blocks: number + 1, properties)
      case 3: try await store.delete(blob(name), ifMatch: nil)
      case 4: _ = try await store.createAppendBlob(log, properties)
      case 5, 6:
        let size = try await store.properties(of: log)?.size ?? 0
        _ = try await store.append(content, to: log, at: number == 0 ? size + 1 : size)
      case 7:
        let etag = try await store.properties(of: blob(name))?.etag ?? "\"0x8D0000000000000\""
        try await store.delete(blob(name), ifMatch: number == 0 ? "\"0x8D0000000000001\"" : etag)
      default:
        let start = number * 10
        return "read \(name) \(try await store.read(blob(name), range: start..<start + 20).count)"
      }
      return "\(action) done"
    } catch {
      return "\(action) \(error.code)"
    }
  }

  private func digest(_ store: any BlobStore) async throws -> [String] {
    var lines: [String] = []
    for info in try await store.all(metadata: true) {
      lines.append("\(info.name) \(info.size) \(info.metadata) \(try await store.text(blob(info.name)))")
    }
    return lines
  }
}
