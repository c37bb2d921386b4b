import BlobStorage
import Compression
import Testing

@Suite(.serialized) struct BlockBlobContract {
  @Test(arguments: StoreKind.allCases)
  func `a second put of a name fails and leaves the first bytes`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      _ = try await store.put(bytes("first"), to: blob("a.txt"), plain)
      await expect(.alreadyExists) { _ = try await store.put(bytes("second"), to: blob("a.txt"), plain) }
      #expect(try await store.text(blob("a.txt")) == "first")
      #expect(try await store.all().count == 1)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `staged blocks are invisible until they are committed, all at once`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      let upload = BlobUpload(address: blob("y=2025/x.gz"), token: "0000000a")
      try await store.stage(bytes("one,"), block: 0, of: upload)
      try await store.stage(bytes("two"), block: 1, of: upload)
      #expect(try await store.properties(of: upload.address) == nil)
      await expect(.notFound) { _ = try await store.read(upload.address, range: nil) }
      #expect(try await store.all() == [])
      let version = try await store.commit(upload, blocks: 2, plain)
      #expect(try await store.text(upload.address) == "one,two")
      #expect(try await store.properties(of: upload.address)?.etag == version.etag)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `staging the latest block again replaces it`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      let upload = BlobUpload(address: blob("x"), token: "0000000a")
      try await store.stage(bytes("one,"), block: 0, of: upload)
      try await store.stage(bytes("a longer second"), block: 1, of: upload)
      try await store.stage(bytes("two"), block: 1, of: upload)
      _ = try await store.commit(upload, blocks: 2, plain)
      #expect(try await store.text(upload.address) == "one,two")
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `an abandoned upload leaves nothing, and its name is free`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      let upload = BlobUpload(address: blob("x"), token: "0000000a")
      try await store.stage(bytes("half"), block: 0, of: upload)
      await store.abandon(upload)
      #expect(try await store.all() == [])
      _ = try await store.put(bytes("whole"), to: blob("x"), plain)
      #expect(try await store.text(blob("x")) == "whole")
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `two uploads of one address do not mix, and the second commit fails`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      let first = BlobUpload(address: blob("x"), token: "0000000a")
      let second = BlobUpload(address: blob("x"), token: "0000000b")
      try await store.stage(bytes("A0"), block: 0, of: first)
      try await store.stage(bytes("B0"), block: 0, of: second)
      try await store.stage(bytes("B1"), block: 1, of: second)
      try await store.stage(bytes("A1"), block: 1, of: first)
      _ = try await store.commit(first, blocks: 2, plain)
      await expect(.alreadyExists) { _ = try await store.commit(second, blocks: 2, plain) }
      #expect(try await store.text(blob("x")) == "A0A1")
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `two addresses do not mix under the same token`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      let first = BlobUpload(address: blob("x"), token: "0000000a")
      let second = BlobUpload(address: blob("y"), token: "0000000a")
      try await store.stage(bytes("X0"), block: 0, of: first)
      try await store.stage(bytes("Y0 is longer"), block: 0, of: second)
      _ = try await store.commit(first, blocks: 1, plain)
      _ = try await store.commit(second, blocks: 1, plain)
      #expect(try await store.text(blob("x")) == "X0")
      #expect(try await store.text(blob("y")) == "Y0 is longer")
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `a commit onto a name that is taken fails and leaves what is there`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      let upload = BlobUpload(address: blob("x"), token: "0000000a")
      try await store.stage(bytes("late"), block: 0, of: upload)
      _ = try await store.put(bytes("early"), to: blob("x"), plain)
      await expect(.alreadyExists) { _ = try await store.commit(upload, blocks: 1, plain) }
      #expect(try await store.text(blob("x")) == "early")
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `a commit of a block that was never staged is invalid and shows nothing`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      let upload = BlobUpload(address: blob("x"), token: "0000000a")
      try await store.stage(bytes("one"), block: 0, of: upload)
      await expect(.invalid) { _ = try await store.commit(upload, blocks: 2, plain) }
      #expect(try await store.properties(of: blob("x")) == nil)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `a blob may be empty`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      _ = try await store.put([], to: blob("put"), plain)
      _ = try await store.commit(BlobUpload(address: blob("committed"), token: "0000000a"), blocks: 0, plain)
      for name in ["put", "committed"] {
        #expect(try await store.properties(of: blob(name))?.size == 0)
        #expect(try await store.read(blob(name), range: nil) == [])
        #expect(try await store.read(blob(name), range: 0..<10) == [])
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `ten megabytes in three blocks come back byte for byte`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      // Runs of a length that divides no block.
      let content = (0..<1500).flatMap { [UInt8](repeating: UInt8($0 % 251), count: 7001) }
      let upload = BlobUpload(address: blob("large"), token: "0000000a")
      for (index, start) in stride(from: 0, to: content.count, by: 4 << 20).enumerated() {
        try await store.stage(Array(content[start..<min(content.count, start + 4 << 20)]), block: index, of: upload)
      }
      _ = try await store.commit(upload, blocks: 3, plain)
      #expect(try await store.properties(of: blob("large"))?.size == content.count)
      #expect(try await store.read(blob("large"), range: nil) == content)
      let middle = 4_194_300..<4_194_310
      #expect(try await store.read(blob("large"), range: middle) == Array(content[middle]))
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `a read is clipped to the blob`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      _ = try await store.put(bytes("0123456789"), to: blob("x"), plain)
      let cases: [(Range<Int>, String)] = [
        (0..<10, "0123456789"), (0..<1, "0"), (9..<10, "9"), (3..<6, "345"), (8..<20, "89"), (8..<Int.max, "89"),
        (10..<20, ""), (10..<Int.max, ""), (50..<60, ""), (4..<4, ""), (0..<Int.max, "0123456789"),
      ]
      for (range, expected) in cases {
        #expect(String(decoding: try await store.read(blob("x"), range: range), as: UTF8.self) == expected, "\(range)")
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `properties and metadata come back as they went`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      let md5 = try #require(Digest(.md5))
      bytes("content").withUnsafeBytes { md5.update($0) }
      let properties = BlobProperties(
        contentType: "application/x-ndjson", contentEncoding: "gzip", contentMD5: md5.finish(),
        metadata: [
          "logexport_slice_start": "2025-01-01T00:00:00Z", "logexport_rows": "9223372036854775807",
          "a_1": "1", "a1": "2", "a": "3", "a_b": "4", "a1b": "5",
          "logexport_sha256": String(repeating: "0f", count: 32), "logexport_schema_hash": "a b, c; d=e \"f\" ~!",
        ])
      let version = try await store.put(bytes("content"), to: blob("x"), properties)
      let info = try #require(try await store.properties(of: blob("x")))
      #expect(info.metadata == properties.metadata)
      #expect(info.contentMD5 == properties.contentMD5)
      #expect(info.size == 7)
      #expect(info.name == "x")
      #expect(info.etag == version.etag)
      #expect(info.etag.hasPrefix("\"") && info.etag.hasSuffix("\"") && info.etag.count > 2)
      #expect(info.committedBlocks == nil)
      #expect(try await store.all(metadata: true).first?.metadata == properties.metadata)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `a delete under another ETag fails and the blob stays`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      let version = try await store.put(bytes("x"), to: blob("x"), plain)
      await expect(.conditionFailed) { try await store.delete(blob("x"), ifMatch: "\"0x8D0000000000000\"") }
      #expect(try await store.text(blob("x")) == "x")
      try await store.delete(blob("x"), ifMatch: version.etag)
      #expect(try await store.properties(of: blob("x")) == nil)
      await expect(.notFound) { try await store.delete(blob("x"), ifMatch: nil) }
      await expect(.notFound) { try await store.delete(blob("x"), ifMatch: version.etag) }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `a name is free again after its delete, and carries nothing over`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      let first = try await store.put(
        bytes("x"), to: blob("x"), BlobProperties(contentType: "a/b", metadata: ["k": "v"]))
      try await store.delete(blob("x"), ifMatch: nil)
      let second = try await store.put(bytes("y"), to: blob("x"), plain)
      #expect(first.etag != second.etag)
      #expect(try await store.properties(of: blob("x"))?.metadata == [:])
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `many writers of one name leave one whole blob`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      let won = try await withThrowingTaskGroup(of: Int?.self) { group in
        for writer in 0..<8 {
          group.addTask {
            do throws(StoreError) {
              _ = try await store.put(bytes("writer \(writer)"), to: blob("x"), plain)
              return writer
            } catch {
              if error.code != .alreadyExists { throw error }
              return nil
            }
          }
        }
        var won: [Int] = []
        for try await writer in group { if let writer { won.append(writer) } }
        return won
      }
      #expect(won.count == 1)
      #expect(try await store.text(blob("x")) == "writer \(won.first ?? -1)")
    }
  }
}
