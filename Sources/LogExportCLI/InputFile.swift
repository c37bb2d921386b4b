internal import FoundationEssentials

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A file that a command reads: a spec, a plan, another job's log. It may be a pipe, such as a shell's `<(…)`.
enum InputFile {
  /// All of it; nil where it cannot be opened or read.
  static func contents(of path: String) -> Data? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var data = Data()
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(file, &chunk, chunk.count)
      if count > 0 { data.append(contentsOf: chunk[..<count]) }
      if count == 0 { return data }
      if count < 0, errno != EINTR { return nil }
    }
  }
}
