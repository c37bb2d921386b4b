internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A file of log lines. When it is full it is renamed to `FILE.1`, and `FILE.1` to `FILE.2` and so
/// on, and a new one begins; the oldest goes.
///
/// Several processes may write to one file, and one may move it away: before each line the file
/// that has the name is looked at, and only the process that holds its lock renames.
final class LogFile: Sendable {
  private let path: String
  /// Bytes after which a new file begins.
  private let limit: Int
  /// How many files there are at most.
  private let count: Int
  /// The descriptor of the file that is written to.
  private let current: Mutex<Int32>

  /// Throws where the file cannot be opened for appending.
  init(_ path: String, limit: Int = 50_000_000, count: Int = 5) throws(CommandFailure) {
    self.path = path
    self.limit = limit
    self.count = count
    let descriptor = Self.open(path)
    guard descriptor >= 0 else {
      throw CommandFailure(.error, "cannot write the log file \(path): \(String(cString: strerror(errno)))")
    }
    current = Mutex(descriptor)
  }

  deinit { current.withLock { _ = close($0) } }
}

extension LogFile {
  /// Appends a line. A disk that is full must not stop an export, so a line may be lost: then why, in words.
  @discardableResult
  func write(_ line: String) -> String? {
    let bytes = Array((line + "\n").utf8)
    let problem = current.withLock { descriptor in
      // What is appended to a file that nobody can find is lost as well.
      var problem = isMoved(descriptor) ? reopen(&descriptor) : 0
      if isFull(descriptor, bytes.count) { rotate(&descriptor) }
      let lost = put(bytes, to: descriptor)
      if lost != 0 { problem = lost }
      return problem
    }
    return problem == 0 ? nil : "the log file \(path) cannot be written: \(String(cString: strerror(problem)))"
  }

  /// Whether the name now belongs to another file, or to none.
  private func isMoved(_ descriptor: Int32) -> Bool {
    guard let own = Self.status(descriptor), Self.isRegular(own) else { return false }
    var named = stat()
    guard stat(path, &named) == 0 else { return errno == ENOENT }
    return named.st_ino != own.st_ino || named.st_dev != own.st_dev
  }

  /// A pipe or a device is never full.
  private func isFull(_ descriptor: Int32, _ more: Int) -> Bool {
    guard let own = Self.status(descriptor), Self.isRegular(own) else { return false }
    return own.st_size > 0 && Int(own.st_size) + more > limit
  }

  private func rotate(_ descriptor: inout Int32) {
    // Where a file system has no locks the names are changed all the same. The lock goes when the
    // descriptor is closed.
    flock(descriptor, LOCK_EX)
    // Another process may have been first.
    if !isMoved(descriptor) {
      for number in stride(from: count - 1, to: 0, by: -1) {
        rename(number == 1 ? path : "\(path).\(number - 1)", "\(path).\(number)")
      }
    }
    reopen(&descriptor)
  }

  /// Stays with the old file where a new one cannot be had: then why, as an `errno`, else 0.
  @discardableResult
  private func reopen(_ descriptor: inout Int32) -> Int32 {
    let new = Self.open(path)
    guard new >= 0 else { return errno }
    close(descriptor)
    descriptor = new
    return 0
  }

  private static func open(_ path: String) -> Int32 {
    systemOpen(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
  }

  private static func status(_ descriptor: Int32) -> stat? {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? status : nil
  }

  private static func isRegular(_ status: stat) -> Bool { status.st_mode & S_IFMT == S_IFREG }
}

/// `open(2)`, under a name that no method hides.
private func systemOpen(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 { open(path, flags, mode) }
