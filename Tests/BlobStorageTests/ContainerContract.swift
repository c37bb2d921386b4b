import BlobStorage
import Testing

@Suite(.serialized) struct ContainerContract {
  @Test(arguments: StoreKind.allCases)
  func `a container is created once, and keeps its metadata`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      #expect(try await store.containerMetadata("logs-b") == nil)
      try await store.createContainer("logs-b", metadata: ["logexport_lineage": "1"])
      await expect(.alreadyExists) {
        try await store.createContainer("logs-b", metadata: ["logexport_lineage": "2"])
      }
      #expect(try await store.containerMetadata("logs-b")?.values == ["logexport_lineage": "1"])
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `metadata is replaced under its ETag alone`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      let before = try #require(try await store.containerMetadata("logs-a"))
      try await store.setContainerMetadata("logs-a", ["a": "1"], ifMatch: before.etag)
      let after = try #require(try await store.containerMetadata("logs-a"))
      #expect(after.values == ["a": "1"])
      #expect(after.etag != before.etag)
      await expect(.conditionFailed) {
        try await store.setContainerMetadata("logs-a", ["b": "2"], ifMatch: before.etag)
      }
      #expect(try await store.containerMetadata("logs-a")?.values == ["a": "1"])
      try await store.setContainerMetadata("logs-a", ["b": "2"], ifMatch: after.etag)
      #expect(try await store.containerMetadata("logs-a")?.values == ["b": "2"])
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `of many that change metadata under one ETag, one does`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      let etag = try #require(try await store.containerMetadata("logs-a")).etag
      let winners = try await withThrowingTaskGroup(of: String?.self) { group in
        for writer in 0..<8 {
          group.addTask {
            do throws(StoreError) {
              try await store.setContainerMetadata("logs-a", ["writer": "\(writer)"], ifMatch: etag)
              return "\(writer)"
            } catch {
              if error.code != .conditionFailed { throw error }
              return nil
            }
          }
        }
        var winners: [String] = []
        for try await winner in group { if let winner { winners.append(winner) } }
        return winners
      }
      #expect(winners.count == 1)
      #expect(try await store.containerMetadata("logs-a")?.values["writer"] == winners.first)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `metadata of an absent container cannot be set, and that makes none`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      await expect(.notFound) { try await store.setContainerMetadata("logs-b", ["a": "1"], ifMatch: "\"1\"") }
      #expect(try await store.containerMetadata("logs-b") == nil)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `writing blobs leaves the container's ETag alone`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      let before = try #require(try await store.containerMetadata("logs-a"))
      _ = try await store.put(bytes("x"), to: blob("x"), plain)
      try await store.setContainerMetadata("logs-a", ["a": "1"], ifMatch: before.etag)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `without a container nothing can be written and nothing is found`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      let address = blob("x", in: "logs-b")
      await expect(.notFound) { _ = try await store.put(bytes("x"), to: address, plain) }
      await expect(.notFound) { _ = try await store.createAppendBlob(address, plain) }
      await expect(.notFound) {
        try await store.stage(bytes("x"), block: 0, of: BlobUpload(address: address, token: "0000000a"))
      }
      await expect(.notFound) { _ = try await store.read(address, range: nil) }
      await expect(.notFound) { try await store.delete(address, ifMatch: nil) }
      await expect(.notFound) { _ = try await store.all("logs-b") }
      #expect(try await store.properties(of: address) == nil)
      #expect(try await store.containerMetadata("logs-b") == nil)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `a listing is in byte order, by prefix, with metadata where asked`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      let names = ["a/b", "a-b", "a.b", "ab", "y=2025/m=01/x", "y=2025/m=02/x", "y=2024/m=01/x", "é", "z", "B"]
      for name in names {
        _ = try await store.put(bytes(name), to: blob(name), BlobProperties(contentType: "a/b", metadata: ["k": "v"]))
      }
      let all = try await store.all()
      #expect(all.map(\.name) == names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
      for info in all {
        #expect(info.size == info.name.utf8.count)
        #expect(info.metadata == [:])
        #expect(try await store.properties(of: blob(info.name))?.etag == info.etag)
      }
      for (prefix, expected) in [
        ("y=2025/", ["y=2025/m=01/x", "y=2025/m=02/x"]), ("y=2025/m=01", ["y=2025/m=01/x"]),
        ("y=", ["y=2024/m=01/x", "y=2025/m=01/x", "y=2025/m=02/x"]), ("y=2025/m=01/x", ["y=2025/m=01/x"]),
        ("a", ["a-b", "a.b", "a/b", "ab"]), ("a/", ["a/b"]), ("q", []), ("y=2025/m=01/x/", []),
      ] {
        #expect(try await store.all(prefix: prefix).map(\.name) == expected, "\(prefix)")
      }
      #expect(try await store.all(prefix: "z", metadata: true).first?.metadata == ["k": "v"])
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `an empty container has no pages`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      var pages = 0
      try await store.list("logs-a", prefix: "", metadata: true) { _ in pages += 1 }
      #expect(pages == 0)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `what a page throws ends the listing`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      _ = try await store.put(bytes("x"), to: blob("x"), plain)
      await expect(.cancelled) {
        try await store.list("logs-a", prefix: "", metadata: false) { (_) throws(StoreError) in
          throw StoreError(.cancelled, operation: "list", message: "enough")
        }
      }
    }
  }
}

@Suite(.serialized) struct NameContract {
  static let names = [
    "y=2025/m=01/d=01/SecurityEvent_2025-01-01T00:00:00Z.ndjson.gz", "with space", "a+b", "100%", "%41", "a%2Fb",
    "a&b=c",
    "a#b", "a?b", "q\"uote'", "back\\slash", "semi;colon,comma", "tilde~(1)!$*@", "Übergröße", "日本語/ログ", "😀",
    "combining-e\u{301}", "folder/\u{FE0F}variation", "<xml>&amp;", "[brackets]{braces}|^`", ".hidden", "dots..inside",
    "...", "trailing space ",
    "deep/.logexport/x",
  ]

  @Test(arguments: StoreKind.allCases)
  func `unusual names are kept exactly`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      for name in Self.names { _ = try await store.put(bytes(name), to: blob(name), plain) }
      for name in Self.names {
        #expect(try await store.text(blob(name)) == name)
        let found = try await store.all(prefix: name).map { Array($0.name.utf8) }
        #expect(found.contains(Array(name.utf8)), "\(name)")
      }
      #expect(try await store.all().count == Self.names.count)
      for name in Self.names { try await store.delete(blob(name), ifMatch: nil) }
      #expect(try await store.all() == [])
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `unusual names can be staged and committed`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      for name in Self.names {
        let upload = BlobUpload(address: blob(name), token: "0000000a")
        try await store.stage(bytes(name), block: 0, of: upload)
        _ = try await store.commit(upload, blocks: 1, plain)
        #expect(try await store.text(blob(name)) == name)
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `names are told apart by their bytes`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      let names = ["\u{e9}", "e\u{301}", "K", "\u{212a}", "k"]
      for (index, name) in names.enumerated() { _ = try await store.put(bytes("\(index)"), to: blob(name), plain) }
      for (index, name) in names.enumerated() { #expect(try await store.text(blob(name)) == "\(index)") }
      #expect(try await store.all(prefix: "e").map { Array($0.name.utf8) } == [Array("e\u{301}".utf8)])
    }
  }

  /// An HTTP client folds dot segments, and a file system follows them: neither may happen.
  @Test(
    arguments: StoreKind.allCases,
    [
      "", "/", "/etc/passwd", "..", "../logs-b/x", "a/../../logs-b/x", "a/..", ".", "./a", "a/./b", "a//b", "a/",
      "a\u{0}b", "a\nb",
    ])
  func `names that are no path of segments are refused before anything happens`(
    _ kind: StoreKind, _ name: String
  ) async throws {
    try await withStore(kind) { (store) async throws in
      try await store.createContainer("logs-b", metadata: [:])
      let upload = BlobUpload(address: blob(name), token: "0000000a")
      await expect(.invalid) { _ = try await store.put(bytes("x"), to: blob(name), plain) }
      await expect(.invalid) { try await store.stage(bytes("x"), block: 0, of: upload) }
      await expect(.invalid) { _ = try await store.commit(upload, blocks: 0, plain) }
      await expect(.invalid) { _ = try await store.createAppendBlob(blob(name), plain) }
      await expect(.invalid) { _ = try await store.append(bytes("x"), to: blob(name), at: 0) }
      await expect(.invalid) { _ = try await store.properties(of: blob(name)) }
      await expect(.invalid) { _ = try await store.read(blob(name), range: nil) }
      await expect(.invalid) { try await store.delete(blob(name), ifMatch: nil) }
      #expect(try await store.all("logs-a") == [])
      #expect(try await store.all("logs-b") == [])
    }
  }

  @Test(arguments: StoreKind.allCases, ["", "..", "a/b", "/tmp", "../x", "Upper", "ab", "a--b"])
  func `names that no container can have are refused`(_ kind: StoreKind, _ name: String) async throws {
    try await withStore(kind) { (store) async throws in
      await expect(.invalid) { try await store.createContainer(name, metadata: [:]) }
      await expect(.invalid) { _ = try await store.put(bytes("x"), to: blob("x", in: name), plain) }
      await expect(.invalid) { _ = try await store.all(name) }
    }
  }
}
