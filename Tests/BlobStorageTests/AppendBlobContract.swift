import BlobStorage
import Testing

@Suite(.serialized) struct AppendBlobContract {
  @Test(arguments: StoreKind.allCases)
  func `an append lands at its position or not at all`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      let address = blob("SecurityEvent/2025.csv")
      _ = try await store.createAppendBlob(address, BlobProperties(contentType: "text/csv", metadata: ["k": "v"]))
      #expect(try await store.properties(of: address)?.size == 0)
      _ = try await store.append(bytes("header\n"), to: address, at: 0)
      for position in [0, 6, 8, 100] {
        await expect(.conditionFailed) { _ = try await store.append(bytes("lost\n"), to: address, at: position) }
      }
      let version = try await store.append(bytes("row\n"), to: address, at: 7)
      #expect(try await store.text(address) == "header\nrow\n")
      let info = try #require(try await store.properties(of: address))
      #expect(info.size == 11)
      #expect(info.etag == version.etag)
      #expect(info.metadata == ["k": "v"])
      #expect(try await store.all().map(\.size) == [11])
      #expect(try await store.read(address, range: 7..<Int.max) == bytes("row\n"))
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `every append changes the ETag`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      var etags: Set<String> = [try await store.createAppendBlob(blob("x"), plain).etag]
      for position in 0..<5 { etags.insert(try await store.append(bytes("a"), to: blob("x"), at: position).etag) }
      #expect(etags.count == 6)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `an append blob is created only once`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      _ = try await store.createAppendBlob(blob("x"), plain)
      _ = try await store.append(bytes("kept"), to: blob("x"), at: 0)
      await expect(.alreadyExists) { _ = try await store.createAppendBlob(blob("x"), plain) }
      await expect(.alreadyExists) { _ = try await store.put(bytes("other"), to: blob("x"), plain) }
      #expect(try await store.text(blob("x")) == "kept")
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `an append to what is not there fails`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      await expect(.notFound) { _ = try await store.append(bytes("x"), to: blob("absent"), at: 0) }
      await expect(.notFound) { _ = try await store.append(bytes("x"), to: blob("x", in: "logs-b"), at: 0) }
      #expect(try await store.all() == [])
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `an append holds four mebibytes and no more`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      _ = try await store.createAppendBlob(blob("x"), plain)
      let most = [UInt8](repeating: 0x61, count: 4 << 20)
      await expect(.invalid) { _ = try await store.append(most + [0x62], to: blob("x"), at: 0) }
      #expect(try await store.properties(of: blob("x"))?.size == 0)
      _ = try await store.append(most, to: blob("x"), at: 0)
      #expect(try await store.properties(of: blob("x"))?.size == 4 << 20)
    }
  }

  @Test(arguments: [StoreKind.memory, .azure])
  func `the number of appends is told`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      _ = try await store.createAppendBlob(blob("x"), plain)
      for position in 0..<3 { _ = try await store.append(bytes("a"), to: blob("x"), at: position) }
      #expect(try await store.properties(of: blob("x"))?.committedBlocks == 3)
    }
  }

  @Test(arguments: [StoreKind.memory, .azure])
  func `a block blob takes no appends`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      _ = try await store.put(bytes("x"), to: blob("x"), plain)
      await expect(.invalid) { _ = try await store.append(bytes("y"), to: blob("x"), at: 1) }
      #expect(try await store.text(blob("x")) == "x")
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `writers at once lose no line and tear none`(_ kind: StoreKind) async throws {
    try await withStore(kind) { (store) async throws in
      _ = try await store.createAppendBlob(blob("x"), plain)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for writer in 0..<6 {
          group.addTask { for line in 0..<10 { try await append("\(writer).\(line)\n", to: blob("x"), store) } }
        }
        try await group.waitForAll()
      }
      let lines = try await store.text(blob("x")).split(separator: "\n").map(String.init)
      #expect(lines.sorted() == (0..<6).flatMap { writer in (0..<10).map { "\(writer).\($0)" } }.sorted())
    }
  }
}

/// Appends as several writers of one manifest do: look, try, look again.
private func append(_ line: String, to address: BlobAddress, _ store: any BlobStore) async throws {
  while true {
    let position = try #require(try await store.properties(of: address)).size
    do throws(StoreError) {
      _ = try await store.append(bytes(line), to: address, at: position)
      return
    } catch {
      if error.code != .conditionFailed { throw error }
    }
  }
}
