internal import FoundationEssentials

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A file that a command writes its result to: a plan, a report.
enum OutputFile {
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
