#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// The POSIX calls that a directory store needs, each behind a function that
/// throws `StoreError` with the path and `strerror`'s words.
enum FileSystem {
  /// What a directory entry is.
  enum Kind { case file, directory, link, other }

  /// What `lstat(2)` says of a file.
  struct Status {
    var size: Int
    var inode: UInt64
    /// Nanoseconds since the Unix epoch.
    var modified: Int64
    var kind: Kind
  }

  /// `lstat(2)`; nil where there is no such file.
  static func status(_ path: String) throws(StoreError) -> Status? {
    var info = stat()
    return try status(path, lstat(path, &info), info)
  }

  /// `stat(2)`: what a symbolic link leads to.
  static func target(_ path: String) throws(StoreError) -> Status? {
    var info = stat()
    return try status(path, stat(path, &info), info)
  }

  private static func status(_ path: String, _ result: Int32, _ info: stat) throws(StoreError) -> Status? {
    guard result == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw failure("stat", path)
    }
    let kind: Kind =
      switch info.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .directory
      case S_IFLNK: .link
      default: .other
      }
    return Status(
      size: Int(info.st_size), inode: UInt64(info.st_ino),
      modified: Int64(info.st_mtim.tv_sec) * 1_000_000_000 + Int64(info.st_mtim.tv_nsec), kind: kind)
  }

  /// The wall clock, in the unit of `Status.modified`.
  static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// What is before the last slash.
  static func parent(_ path: String) -> String {
    // By bytes: a mark that combines with the slash makes another character of both.
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// `mkdir(2)` with `fsync(2)` of its parent; false where the name is taken.
  static func makeDirectory(_ path: String) throws(StoreError) -> Bool {
    if mkdir(path, 0o750) == 0 {
      try synchroniseDirectory(of: path)
      return true
    }
    if errno == EEXIST { return false }
    throw failure("mkdir", path)
  }

  /// Makes the directory and every parent that is absent.
  static func makeDirectories(_ path: String) throws(StoreError) {
    guard let found = try target(path) else {
      let above = parent(path)
      if above != path { try makeDirectories(above) }
      _ = try makeDirectory(path)
      return
    }
    guard found.kind == .directory else {
      throw StoreError(.local, operation: "mkdir \(path)", message: "a file of that name is in the way; move it")
    }
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
    let file = try OpenFile(parent(path), .directory)
    try file.synchronise()
  }

  /// `readdir(3)`: the names in a directory, unsorted, without `.` and `..`; none where it is absent.
  static func entries(of path: String) throws(StoreError) -> [(name: String, kind: Kind)] {
    guard let directory = opendir(path) else {
      if errno == ENOENT { return [] }
      throw failure("opendir", path)
    }
    defer { closedir(directory) }
    var entries: [(String, Kind)] = []
    while true {
      // Null means the end as well as a failure, which must not pass for an end.
      errno = 0
      guard let entry = readdir(directory) else {
        if errno != 0 { throw failure("readdir", path) }
        return entries
      }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name == "." || name == ".." { continue }
      let kind: Kind =
        switch Int(entry.pointee.d_type) {
        case Int(DT_REG): .file
        case Int(DT_DIR): .directory
        case Int(DT_LNK): .link
        case Int(DT_UNKNOWN): try status("\(path)/\(name)")?.kind ?? .other
        default: .other
        }
      entries.append((name, kind))
    }
  }

  /// `errno` as an error that says what to do.
  static func failure(_ call: String, _ path: String) -> StoreError {
    let code = errno
    let remedy =
      switch code {
      case EACCES, EPERM: "; let this user write there, or name another directory"
      case EROFS: "; the file system is read-only: name another directory"
      case ENOSPC, EDQUOT: "; make room and run again: what was committed stays"
      case EMFILE, ENFILE: "; allow more open files (ulimit -n)"
      case ENAMETOOLONG: "; choose a shorter path for the blobs"
      case ENOTDIR: "; a file is in the way: move it"
      default: ""
      }
    return StoreError(.local, operation: "\(call) \(path)", message: String(cString: strerror(code)) + remedy)
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
      let count = bytes[done...].withUnsafeBytes {
        pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset + done))
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
        let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled..<range.count])
        let count = pread(descriptor, rest.baseAddress, rest.count, off_t(range.lowerBound + filled))
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

  /// `flock(2)`, exclusive, released when the file is closed; false where another holds it.
  func tryLock() throws(StoreError) -> Bool {
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      if errno == EWOULDBLOCK { return false }
      if errno != EINTR { throw FileSystem.failure("flock", path) }
    }
    return true
  }
}

/// `rename(2)`, under a name that the method above does not hide.
private func systemRename(_ from: String, _ to: String) -> Int32 { rename(from, to) }
