internal import FoundationEssentials

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A file that a command writes its result to: a plan, a report.
enum OutputFile {
  /// Refuses, with code 64 and before any work, what an option names but can be no file to write: a directory, and the
  /// spec, by whatever name.
  static func check(_ arguments: Arguments) throws(CommandFailure) {
    for flag in ["out", "log-file"] {
      guard let path = arguments.value(flag) else { continue }
      if path.isEmpty || path.hasSuffix("/") || isDirectory(path) {
        throw CommandFailure(.usage, "--\(flag) '\(path)' is no file, but a directory\n  Name a file in it.")
      }
      if isSame(path, arguments.value("spec") ?? SpecFile.standard) {
        throw CommandFailure(.usage, "--\(flag) '\(path)' is the spec itself\n  Name another file.")
      }
    }
    if arguments.command == "plan", arguments.value("out") == "-" {
      throw CommandFailure(.usage, "--out takes a file\n  `logexport plan --format json` prints the plan.")
    }
  }

  /// `stat(2)`.
  private static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether two names are of one file, also through links.
  private static func isSame(_ path: String, _ other: String) -> Bool {
    var (one, two) = (stat(), stat())
    guard stat(path, &one) == 0, stat(other, &two) == 0 else { return path == other }
    return one.st_ino == two.st_ino && one.st_dev == two.st_dev
  }

  /// Writes the file, whole or not at all.
  ///
  /// Throws with code 1 and the system's own words where it cannot be written.
  static func write(_ data: Data, to path: String) throws(CommandFailure) {
    do { try data.write(to: URL(filePath: path), options: .atomic) } catch {
      let cause = (error as? CocoaError)?.underlying as? POSIXError
      let reason = cause.map { String(cString: strerror($0.code.rawValue)) } ?? "\(error)"
      throw CommandFailure(.error, "\(path) cannot be written: \(reason)")
    }
  }
}
