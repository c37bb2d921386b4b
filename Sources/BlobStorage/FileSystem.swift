#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// The POSIX calls that a directory store needs, each behind a function that
/// throws `StoreError` with the path and `strerror`'s words.
enum FileSystem {
  /// What `stat(2)` says of a regular file.
  struct Status {
    var size: Int
    var inode: UInt64
    /// Nanoseconds since the Unix epoch.
    var modified: Int64
    var isDirectory: Bool
  }

  /// `stat(2)`; nil where there is no such file.
  static func status(_ path: String) throws(StoreError) -> Status? {
    var info = stat()
    guard stat(path, &info) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw failure("stat", path)
    }
    return Status(
      size: Int(info.st_size), inode: UInt64(info.st_ino),
      modified: Int64(info.st_mtim.tv_sec) * 1_000_000_000 + Int64(info.st_mtim.tv_nsec),
      isDirectory: info.st_mode & S_IFMT == S_IFDIR)
  }

  /// `mkdir(2)` for the path and every parent that is absent.
  static func makeDirectories(_ path: String) throws(StoreError) {
    if mkdir(path, 0o750) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
      throw failure("mkdir", path)
    }
    try makeDirectories(String(path[..<slash]))
    if mkdir(path, 0o750) != 0 && errno != EEXIST { throw failure("mkdir", path) }
  }

  /// `rename(2)`, then `fsync(2)` of the directory, so that the name survives a power cut.
  static func rename(_ from: String, to: String) throws(StoreError) {
    guard systemRename(from, to) == 0 else { throw failure("rename", to) }
    try synchroniseDirectory(of: to)
  }

  /// `unlink(2)`; true where there was a file.
  @discardableResult
  static func remove(_ path: String) throws(StoreError) -> Bool {
    if unlink(path) == 0 { return true }
    if errno == ENOENT { return false }
    throw failure("unlink", path)
  }

  /// `fsync(2)` of the directory that holds `path`.
  static func synchroniseDirectory(of path: String) throws(StoreError) {
    let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let file = try OpenFile(parent, .directory)
    try file.synchronise()
  }

  /// The names in a directory, unsorted, without `.` and `..`; empty where there is none.
  static func names(in path: String) throws(StoreError) -> [(name: String, isDirectory: Bool)] {
    guard let directory = opendir(path) else {
      if errno == ENOENT { return [] }
      throw failure("opendir", path)
    }
    defer { closedir(directory) }
    var names: [(String, Bool)] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name == "." || name == ".." { continue }
      let isDirectory =
        entry.pointee.d_type == UInt8(DT_UNKNOWN)
        ? try status("\(path)/\(name)")?.isDirectory == true : entry.pointee.d_type == UInt8(DT_DIR)
      names.append((name, isDirectory))
    }
    return names
  }

  static func failure(_ call: String, _ path: String) -> StoreError {
    StoreError(.local, operation: "\(call) \(path)", message: String(cString: strerror(errno)))
  }
}

/// An open file descriptor, closed when the last reference goes.
final class OpenFile: Sendable {
  private let descriptor: Int32
  private let path: String

  /// What a file is opened for.
  enum Mode {
    case read, directory
    /// Created where absent.
    case write
    /// Created where absent, emptied where not.
    case replace

    fileprivate var flags: Int32 {
      switch self {
      case .read: O_RDONLY
      case .directory: O_RDONLY | O_DIRECTORY
      case .write: O_RDWR | O_CREAT
      case .replace: O_RDWR | O_CREAT | O_TRUNC
      }
    }
  }

  /// `open(2)` with `O_CLOEXEC`; new files get mode 0640.
  init(_ path: String, _ mode: Mode) throws(StoreError) {
    descriptor = open(path, mode.flags | O_CLOEXEC, 0o640)
    self.path = path
    if descriptor < 0 { throw FileSystem.failure("open", path) }
  }

  deinit { close(descriptor) }

  /// `pwrite(2)` until all bytes are written.
  func write(_ bytes: [UInt8], at offset: Int) throws(StoreError) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        pwrite(descriptor, $0.baseAddress! + done, bytes.count - done, off_t(offset + done))
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw FileSystem.failure("write", path)
      }
      done += count
    }
  }

  /// `pread(2)` of a range that lies within the file.
  func read(_ range: Range<Int>) throws(StoreError) -> [UInt8] {
    var failure: StoreError?
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
      while filled < range.count {
        let count = pread(
          descriptor, buffer.baseAddress! + filled, range.count - filled, off_t(range.lowerBound + filled))
        if count < 0 && errno == EINTR { continue }
        if count < 0 { failure = FileSystem.failure("read", path) }
        if count <= 0 { return }
        filled += count
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// `ftruncate(2)`.
  func truncate(to size: Int) throws(StoreError) {
    guard ftruncate(descriptor, off_t(size)) == 0 else { throw FileSystem.failure("ftruncate", path) }
  }

  /// `fsync(2)`.
  func synchronise() throws(StoreError) {
    guard fsync(descriptor) == 0 else { throw FileSystem.failure("fsync", path) }
  }

  /// `flock(2)`, exclusive, released when the file is closed.
  func lock() throws(StoreError) {
    while flock(descriptor, LOCK_EX) != 0 {
      if errno != EINTR { throw FileSystem.failure("flock", path) }
    }
  }
}

/// `rename(2)`, under a name that the method above does not hide.
private func systemRename(_ from: String, _ to: String) -> Int32 { rename(from, to) }
