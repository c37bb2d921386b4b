import FoundationEssentials
import Glibc

/// Keeps containers and blobs on disk, one JSON file each, written beside and
/// renamed into place: `containers/ACCOUNT.NAME.json`,
/// `blobs/ACCOUNT.NAME/SHA256-OF-BLOB-NAME.json`, bytes in `content/`.
struct Journal: Sendable {
  private struct Entry: Codable {
    /// Hexadecimal UTF-8: names need not be valid in JSON or in a file system.
    var name: String
    var blob: Blob
  }

  /// A file of the folder cannot be used.
  struct Damaged: Error, CustomStringConvertible {
    let description: String
  }

  private let folder: String

  /// Makes the folders, and claims them for this process: a second emulator on
  /// the same folder is refused (`flock`, let go by the process's end).
  init(folder: String) throws {
    self.folder = folder
    for part in ["", "/containers", "/blobs", "/content"] {
      try FileManager.default.createDirectory(atPath: folder + part, withIntermediateDirectories: true)
    }
    claim = try Claim(folder + "/lock")
  }

  private let claim: Claim

  /// Where the bytes go.
  var contentFolder: String { folder + "/content" }

  /// Everything an earlier run left. Bytes that no blob refers to, left by a
  /// run that was killed, are deleted.
  func load() throws -> [String: Container] {
    let containers = try readContainers()
    var unused = Set(try FileManager.default.contentsOfDirectory(atPath: contentFolder))
    for blob in containers.values.flatMap({ $0.blobs.values }) {
      for case .file(let name, _, _) in blob.chunks { unused.remove(name) }
    }
    ContentStore(folder: contentFolder).remove(unused.map { .file(name: $0, offset: 0, length: 0) })
    return containers
  }

  private func readContainers() throws -> [String: Container] {
    var containers: [String: Container] = [:]
    for file in try files("/containers") {
      let stem = String(file.dropLast(".json".count))
      var container = Container(header: try read(Container.Header.self, "/containers/\(file)"))
      for blob in try files("/blobs/\(stem)") {
        let entry = try read(Entry.self, "/blobs/\(stem)/\(blob)")
        container[BlobName(utf8: Self.bytes(entry.name))] = entry.blob
      }
      containers[stem.split(separator: ".", maxSplits: 1).joined(separator: "/")] = container
    }
    return containers
  }

  /// Writes a container's header, or removes the container with its blobs.
  func save(_ header: Container.Header?, container: String) throws {
    let stem = Self.stem(container)
    guard let header else {
      try FileManager.default.removeItem(atPath: "\(folder)/containers/\(stem).json")
      try FileManager.default.removeItem(atPath: "\(folder)/blobs/\(stem)")
      return
    }
    try FileManager.default.createDirectory(
      atPath: "\(folder)/blobs/\(stem)", withIntermediateDirectories: true)
    try write(header, "/containers/\(stem).json")
  }

  /// Writes or removes a blob.
  func save(_ blob: Blob?, name: BlobName, container: String) throws {
    let path = "/blobs/\(Self.stem(container))/\(Hex.encode(Digest.sha256(name.utf8))).json"
    if let blob {
      try write(Entry(name: Hex.encode(name.utf8), blob: blob), path)
    } else if unlink(folder + path) != 0, errno != ENOENT {
      throw FileProblem(path: folder + path, code: errno)
    }
  }

  private func files(_ part: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder + part).filter { $0.hasSuffix(".json") }
  }

  private func read<Value: Decodable>(_ type: Value.Type, _ path: String) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(contentsOf: URL(filePath: folder + path)))
    } catch {
      throw Damaged(description: "\(folder + path) cannot be read; remove it to start without it (\(error))")
    }
  }

  private func write(_ value: some Encodable, _ path: String) throws {
    try JSONEncoder().encode(value).write(to: URL(filePath: folder + path), options: .atomic)
  }

  private static func stem(_ container: String) -> String {
    container.split(separator: "/").joined(separator: ".")
  }

  private static func bytes(_ hex: String) -> [UInt8] {
    let digits = Array(hex.utf8)
    return stride(from: 0, to: digits.count - 1, by: 2).map {
      (Hex.digit(digits[$0]) ?? 0) << 4 | (Hex.digit(digits[$0 + 1]) ?? 0)
    }
  }
}

/// A lock on a file, held until it is let go.
final class Claim: Sendable {
  private let descriptor: Int32

  init(_ path: String) throws {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileProblem(path: path, code: errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw Journal.Damaged(description: "\(path) is held by another emulator: give each its own --data")
    }
  }

  deinit { close(descriptor) }
}
