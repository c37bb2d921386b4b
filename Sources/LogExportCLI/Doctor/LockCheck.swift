internal import BlobStorage

/// Who took the archive's lock last, by the metadata of what lies in the lock's container.
enum LockCheck {
  static func perform(_ store: any BlobStore, manifest: String) async -> Check {
    let container = "\(manifest)-lock"
    do {
      guard try await store.containerMetadata(container) != nil else { return .ok("lock", "nobody has taken it yet") }
      var holders: [String] = []
      try await store.list(container, prefix: "", metadata: true) { page in
        for blob in page where !blob.metadata.isEmpty {
          let pairs = blob.metadata.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
          holders.append(pairs.joined(separator: ", "))
        }
      }
      return .ok("lock", holders.isEmpty ? "free" : "last taken by: \(holders.joined(separator: "; "))")
    } catch {
      return .failed("lock", error)
    }
  }
}
