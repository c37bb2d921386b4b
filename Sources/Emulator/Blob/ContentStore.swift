import Glibc

/// A run of stored bytes.
enum Chunk: Sendable, Codable, Equatable {
  case memory([UInt8])
  /// Bytes of a file in the content folder.
  case file(name: String, offset: Int, length: Int)

  var count: Int {
    switch self {
    case .memory(let bytes): bytes.count
    case .file(_, _, let length): length
    }
  }
}

/// A system call on a data file failed.
struct FileProblem: Error, CustomStringConvertible {
  let path: String
  /// `errno`.
  let code: Int32
  var description: String { "\(path): \(String(cString: strerror(code)))" }
}

/// Keeps blobs' bytes, in memory or in files of a folder.
struct ContentStore: Sendable {
  /// Nil keeps everything in memory.
  let folder: String?

  /// Stores bytes as a chunk of their own.
  func write(_ bytes: [UInt8]) throws(FileProblem) -> Chunk {
    guard folder != nil else { return .memory(bytes) }
    let name = Digest.guid()
    try write(bytes, to: name, at: 0)
    return .file(name: name, offset: 0, length: bytes.count)
  }

  /// Below this a chunk in memory is extended, so that 50,000 small appends do
  /// not become as many chunks.
  private static let small = 64 * 1024

  /// Adds bytes at the end of `chunks`, extending the last file, or the last
  /// small chunk in memory, where there is one.
  func append(_ bytes: [UInt8], to chunks: inout [Chunk]) throws(FileProblem) {
    if folder != nil, case .file(let name, let offset, let length)? = chunks.last {
      try write(bytes, to: name, at: offset + length)
      chunks[chunks.count - 1] = .file(name: name, offset: offset, length: length + bytes.count)
    } else if folder == nil, case .memory(let last)? = chunks.last, last.count + bytes.count <= Self.small {
      chunks[chunks.count - 1] = .memory(last + bytes)
    } else {
      chunks.append(try write(bytes))
    }
  }

  /// Deletes the files of chunks that nothing refers to any more. A reader
  /// that has a file open reads on.
  func remove(_ chunks: some Sequence<Chunk>) {
    guard let folder else { return }
    for case .file(let name, _, _) in chunks { unlink("\(folder)/\(name)") }
  }

  /// Opens a chunk's file for reading and returns its descriptor.
  func open(_ name: String) throws(FileProblem) -> Int32 {
    let path = "\(folder ?? ".")/\(name)"
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileProblem(path: path, code: errno) }
    return descriptor
  }

  private func write(_ bytes: [UInt8], to name: String, at offset: Int) throws(FileProblem) {
    let path = "\(folder ?? ".")/\(name)"
    let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileProblem(path: path, code: errno) }
    defer { close(descriptor) }
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        pwrite(descriptor, buffer.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done))
      }
      guard count > 0 else { throw FileProblem(path: path, code: errno) }
      done += count
    }
  }
}
