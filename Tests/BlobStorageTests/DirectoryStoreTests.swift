import BlobStorage
import FoundationEssentials
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

@Suite(.serialized) struct DirectoryStoreTests {
  /// A directory store with the container `logs-a`.
  private func withFolder(_ body: (String, DirectoryStore) async throws -> Void) async throws {
    try await withDirectory { (root) async throws in
      let store = DirectoryStore(root: "\(root)/")
      try await store.createContainer("logs-a", metadata: [:])
      try await body(root, store)
    }
  }

  private func files(_ folder: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder).filter { name in
      var isFolder = false
      return FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isFolder) && !isFolder
    }.sorted()
  }

  @Test func `a blob is a file, with its receipt beside it`() async throws {
    try await withFolder { (root, store) async throws in
      _ = try await store.put(
        bytes("rows"), to: blob("y=2025/x.ndjson"),
        BlobProperties(contentType: "a/b", metadata: ["logexport_rows": "1"]))
      #expect(store.url == "file://\(root)")
      #expect(
        try files(root) == [
          "logs-a/.logexport/container.json", "logs-a/.logexport/lock",
          "logs-a/.logexport/receipts/y=2025/x.ndjson.json", "logs-a/y=2025/x.ndjson",
        ])
      let receipt = try String(
        contentsOfFile: "\(root)/logs-a/.logexport/receipts/y=2025/x.ndjson.json", encoding: .utf8)
      #expect(receipt.contains("\"logexport_rows\" : \"1\""))
    }
  }

  @Test func `a folder of any characters has a valid URL`() {
    #expect(DirectoryStore(root: "/srv/my logs/100%/#1").url == "file:///srv/my%20logs/100%25/%231")
  }

  @Test func `neither success nor failure leaves staged files behind`() async throws {
    try await withFolder { (root, store) async throws in
      _ = try await store.put(bytes("a"), to: blob("x"), plain)
      await expect(.alreadyExists) { _ = try await store.put(bytes("b"), to: blob("x"), plain) }
      let upload = BlobUpload(address: blob("x"), token: "0000000a")
      try await store.stage(bytes("c"), block: 0, of: upload)
      await expect(.alreadyExists) { _ = try await store.commit(upload, blocks: 1, plain) }
      await store.abandon(upload)
      #expect(try files("\(root)/logs-a/.logexport/staging") == [])
    }
  }

  @Test func `what a killed run left is no blob, does not harm, and goes after a week`() async throws {
    try await withFolder { (root, store) async throws in
      let killed = DirectoryStore(root: root)
      try await killed.stage(bytes("old"), block: 0, of: BlobUpload(address: blob("x"), token: "0000000a"))
      try await killed.stage(bytes("new"), block: 0, of: BlobUpload(address: blob("y"), token: "0000000b"))
      let staging = "\(root)/logs-a/.logexport/staging"
      let old = try #require(try files(staging).first { $0.hasPrefix("0000000a") })
      var times = [timeval(), timeval()]
      for index in times.indices { times[index].tv_sec = time(nil) - 8 * 86_400 }
      #expect(utimes("\(staging)/\(old)", times) == 0)
      // A sidecar whose blob was never renamed into its place.
      let receipts = "\(root)/logs-a/.logexport/receipts"
      try FileManager.default.createDirectory(atPath: receipts, withIntermediateDirectories: true)
      try "half".write(toFile: "\(receipts)/x.json", atomically: false, encoding: .utf8)
      try "half".write(toFile: "\(receipts)/x.json.new", atomically: false, encoding: .utf8)

      #expect(try await store.all(metadata: true) == [])
      #expect(try await store.properties(of: blob("x")) == nil)
      _ = try await store.put(bytes("whole"), to: blob("x"), BlobProperties(contentType: "a/b", metadata: ["k": "v"]))
      #expect(try await store.all(metadata: true).map(\.metadata) == [["k": "v"]])
      #expect(try files(staging).allSatisfy { $0.hasPrefix("0000000b") })
    }
  }

  @Test func `an append that was killed half-way is not seen, and the next one takes its place`() async throws {
    try await withFolder { (root, store) async throws in
      let address = blob("SecurityEvent/2025.csv")
      _ = try await store.createAppendBlob(address, plain)
      _ = try await store.append(bytes("one\n"), to: address, at: 0)
      let handle = open("\(root)/logs-a/SecurityEvent/2025.csv", O_WRONLY | O_APPEND)
      #expect(write(handle, "half a row", 10) == 10)
      close(handle)
      let after = DirectoryStore(root: root)
      #expect(try await after.properties(of: address)?.size == 4)
      #expect(try await after.all().map(\.size) == [4])
      #expect(try await after.text(address) == "one\n")
      _ = try await after.append(bytes("two\n"), to: address, at: 4)
      #expect(try String(contentsOfFile: "\(root)/logs-a/SecurityEvent/2025.csv", encoding: .utf8) == "one\ntwo\n")
    }
  }

  @Test func `a file that was put there by hand is a blob, and takes appends`() async throws {
    try await withFolder { (root, store) async throws in
      try "restored\n".write(toFile: "\(root)/logs-a/2025.csv", atomically: false, encoding: .utf8)
      #expect(try await store.all(metadata: true).map(\.name) == ["2025.csv"])
      _ = try await store.append(bytes("row\n"), to: blob("2025.csv"), at: 9)
      #expect(try await store.text(blob("2025.csv")) == "restored\nrow\n")
    }
  }

  @Test func `a file that was cut by hand is as long as it is`() async throws {
    try await withFolder { (root, store) async throws in
      _ = try await store.createAppendBlob(blob("x"), plain)
      _ = try await store.append(bytes("one\ntwo\n"), to: blob("x"), at: 0)
      #expect(truncate("\(root)/logs-a/x", 5) == 0)
      #expect(try await store.text(blob("x")) == "one\nt")
      await expect(.conditionFailed) { _ = try await store.append(bytes("three\n"), to: blob("x"), at: 8) }
      _ = try await store.append(bytes("wo\n"), to: blob("x"), at: 5)
      #expect(try await store.text(blob("x")) == "one\ntwo\n")
    }
  }

  @Test func `an append costs the same however long the file is`() async throws {
    try await withFolder { (root, store) async throws in
      _ = try await store.createAppendBlob(blob("x"), plain)
      _ = try await store.append([UInt8](repeating: 0x61, count: 4 << 20), to: blob("x"), at: 0)
      let before = try FileManager.default.attributesOfItem(atPath: "\(root)/logs-a/x")[.systemFileNumber] as? UInt
      _ = try await store.append(bytes("b"), to: blob("x"), at: 4 << 20)
      let after = try FileManager.default.attributesOfItem(atPath: "\(root)/logs-a/x")[.systemFileNumber] as? UInt
      #expect(before != nil && before == after, "the file was written anew")
    }
  }

  @Test func `two processes may append at once`() async throws {
    try await withFolder { (root, store) async throws in
      _ = try await store.createAppendBlob(blob("x"), plain)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for writer in 0..<4 {
          // Locks belong to open files, so that another instance is as far away as another process.
          let other = DirectoryStore(root: root)
          group.addTask {
            for line in 0..<20 {
              while true {
                let size = try #require(try await other.properties(of: blob("x"))).size
                do throws(StoreError) {
                  _ = try await other.append(bytes("\(writer).\(line)\n"), to: blob("x"), at: size)
                  break
                } catch {
                  if error.code != .conditionFailed { throw error }
                }
              }
            }
          }
        }
        try await group.waitForAll()
      }
      let lines = Set(try await store.text(blob("x")).split(separator: "\n").map(String.init))
      #expect(lines == Set((0..<4).flatMap { writer in (0..<20).map { "\(writer).\($0)" } }))
    }
  }

  @Test func `a lock that another process holds does not outlast a cancelled task`() async throws {
    try await withFolder { (root, store) async throws in
      let descriptor = open("\(root)/logs-a/.logexport/lock", O_RDWR)
      #expect(flock(descriptor, LOCK_EX) == 0)
      defer { close(descriptor) }
      let task = Task { try await store.put(bytes("x"), to: blob("x"), plain) }
      // Readers do not wait.
      #expect(try await store.properties(of: blob("x")) == nil)
      task.cancel()
      await expect(.cancelled) { _ = try await task.value }
      #expect(try files("\(root)/logs-a/.logexport/staging") == [])
    }
  }

  @Test func `symbolic links within a container are neither followed nor listed`() async throws {
    try await withFolder { (root, store) async throws in
      try await withDirectory { (outside) async throws in
        try "secret".write(toFile: "\(outside)/file", atomically: false, encoding: .utf8)
        #expect(symlink(outside, "\(root)/logs-a/folder") == 0)
        #expect(symlink("\(outside)/file", "\(root)/logs-a/link") == 0)
        #expect(try await store.all() == [])
        await expect(.refused) { _ = try await store.put(bytes("x"), to: blob("folder/new"), plain) }
        await expect(.refused) { _ = try await store.read(blob("folder/file"), range: nil) }
        await expect(.refused) { _ = try await store.put(bytes("x"), to: blob("link"), plain) }
        await expect(.refused) { _ = try await store.append(bytes("x"), to: blob("link"), at: 6) }
        await expect(.refused) { try await store.delete(blob("link"), ifMatch: nil) }
        #expect(try files(outside) == ["file"])
        #expect(try String(contentsOfFile: "\(outside)/file", encoding: .utf8) == "secret")
      }
    }
  }

  @Test func `the root and a container may be symbolic links to another disk`() async throws {
    try await withFolder { (root, _) async throws in
      try await withDirectory { (disk) async throws in
        #expect(symlink(disk, "\(root)/logs-b") == 0)
        #expect(symlink(root, "\(disk)/root") == 0)
        let store = DirectoryStore(root: "\(disk)/root")
        _ = try await store.put(bytes("x"), to: blob("y/x", in: "logs-b"), plain)
        #expect(try String(contentsOfFile: "\(disk)/y/x", encoding: .utf8) == "x")
        #expect(try await store.all("logs-b").map(\.name) == ["y/x"])
      }
    }
  }

  @Test func `the store's own records are no blobs and cannot be written as such`() async throws {
    try await withFolder { (_, store) async throws in
      _ = try await store.put(bytes("x"), to: blob("x"), plain)
      #expect(try await store.all().map(\.name) == ["x"])
      for name in [".logexport/container.json", ".logexport/receipts/x.json", ".logexport"] {
        await expect(.invalid) { _ = try await store.put(bytes("{}"), to: blob(name), plain) }
        await expect(.invalid) { try await store.delete(blob(name), ifMatch: nil) }
      }
    }
  }

  @Test func `a folder made by hand is a container without metadata`() async throws {
    try await withDirectory { (root) async throws in
      let store = DirectoryStore(root: root)
      try FileManager.default.createDirectory(atPath: "\(root)/logs-a/y", withIntermediateDirectories: true)
      try "by hand".write(toFile: "\(root)/logs-a/y/x", atomically: false, encoding: .utf8)
      await expect(.alreadyExists) { try await store.createContainer("logs-a", metadata: ["a": "1"]) }
      let found = try #require(try await store.containerMetadata("logs-a"))
      #expect(found.values == [:])
      try await store.setContainerMetadata("logs-a", ["a": "1"], ifMatch: found.etag)
      await expect(.conditionFailed) { try await store.setContainerMetadata("logs-a", [:], ifMatch: found.etag) }
      try await store.delete(blob("y/x"), ifMatch: nil)
      #expect(try await store.all() == [])
    }
  }

  @Test func `a file and a folder of one name are told apart`() async throws {
    try await withFolder { (_, store) async throws in
      _ = try await store.put(bytes("x"), to: blob("a/b"), plain)
      #expect(try await store.properties(of: blob("a")) == nil)
      await expect(.notFound) { _ = try await store.read(blob("a"), range: nil) }
      await expect(.notFound) { try await store.delete(blob("a"), ifMatch: nil) }
      await expect(.alreadyExists) { _ = try await store.put(bytes("x"), to: blob("a"), plain) }
      let error = await expect(.local) { _ = try await store.put(bytes("x"), to: blob("a/b/c"), plain) }
      #expect(error?.description.contains("in the way") == true, "\(error as Any)")
    }
  }

  @Test func `a damaged sidecar is an error with its path, not an empty receipt`() async throws {
    try await withFolder { (root, store) async throws in
      _ = try await store.put(bytes("x"), to: blob("x"), plain)
      let sidecar = "\(root)/logs-a/.logexport/receipts/x.json"
      try "{".write(toFile: sidecar, atomically: false, encoding: .utf8)
      let error = await expect(.local) { _ = try await store.all(metadata: true) }
      #expect(error?.description.contains(sidecar) == true)
      #expect(try await store.all().count == 1)
    }
  }

  /// As root nothing is forbidden, so what fails here are things that no user may do.
  @Test func `a place that cannot be written is one error with its path and a remedy`() async throws {
    try await withDirectory { (root) async throws in
      try "a file".write(toFile: "\(root)/file", atomically: false, encoding: .utf8)
      for (place, words) in [("\(root)/file/archive", "in the way"), ("/proc/archive", "/proc/archive")] {
        let error = await expect(.local) {
          try await DirectoryStore(root: place).createContainer("logs-a", metadata: [:])
        }
        let text = error?.description ?? ""
        #expect(text.contains(words) && text.contains(place.contains("proc") ? "/proc" : "\(root)/file"), "\(text)")
        #expect(text.split(separator: "\n").count == 1)
      }
    }
  }

  @Test(.enabled(if: geteuid() != 0, "as root every folder can be written"))
  func `a folder without permission is an error that says so`() async throws {
    try await withFolder { (root, store) async throws in
      chmod("\(root)/logs-a", 0o500)
      defer { chmod("\(root)/logs-a", 0o700) }
      let error = await expect(.local) { _ = try await store.put(bytes("x"), to: blob("new/x"), plain) }
      #expect(error?.description.contains("let this user write there") == true)
    }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "there is no /dev/full"))
  func `a disk that fails is an error with its path, and leaves no blob`() async throws {
    try await withFolder { (root, store) async throws in
      let staging = "\(root)/logs-a/.logexport/staging"
      try FileManager.default.createDirectory(atPath: staging, withIntermediateDirectories: true)
      let upload = BlobUpload(address: blob("x"), token: "0000000a")
      try await store.stage([], block: 0, of: upload)
      let file = "\(staging)/\(try #require(try files(staging).first))"
      try FileManager.default.removeItem(atPath: file)
      // Writes to it fail as on a full disk; it cannot be cut either, as no device can.
      #expect(symlink("/dev/full", file) == 0)
      let error = await expect(.local) { try await store.stage(bytes("x"), block: 0, of: upload) }
      #expect(error?.description.contains(file) == true, "\(error as Any)")
      #expect(try await store.all() == [])
    }
  }

  @Test func `a listing beyond one page is handed over in pages, in order`() async throws {
    try await withFolder { (root, store) async throws in
      for index in 0..<5003 {
        let descriptor = open("\(root)/logs-a/\(10_000 + index)", O_WRONLY | O_CREAT, 0o600)
        #expect(descriptor >= 0)
        close(descriptor)
      }
      var pages: [[String]] = []
      try await store.list("logs-a", prefix: "", metadata: false) { pages.append($0.map(\.name)) }
      #expect(pages.map(\.count) == [5000, 3])
      #expect(pages.flatMap { $0 } == (0..<5003).map { "\(10_000 + $0)" })
    }
  }
}
