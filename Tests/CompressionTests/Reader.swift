import Compression

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Programs that others wrote, reading what was compressed.
enum Reader {
  static let hasPython = output(of: "python3 -c 'import gzip; print(1)' 2>/dev/null") == "1\n"
  static let hasZstd = output(of: "zstd --version 2>/dev/null")?.isEmpty == false

  /// The SHA-256 of what Python's gzip, zstd or cat makes of stored bytes; nil where they are refused.
  static func digest(of stored: [UInt8], _ method: Compressor.Method) -> String? {
    withFile(stored) { path in
      let decoder =
        switch method {
        case .none: "cat \(path)"
        case .gzip: "python3 -c 'import gzip,sys; sys.stdout.buffer.write(gzip.open(sys.argv[1]).read())' \(path)"
        case .zstd: "zstd -q -d -c \(path)"
        }
      // The decoder's own verdict counts, not that of the last program of a pipe.
      let clear = "\(path).clear"
      defer { unlink(clear) }
      return output(of: "\(decoder) >\(clear) 2>/dev/null && sha256sum <\(clear)").map { String($0.prefix(64)) }
    }
  }

  static func withFile<T>(_ bytes: [UInt8], _ body: (String) -> T?) -> T? {
    var template = Array("/tmp/compression-test-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { return nil }
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(path) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { return nil }
      rest = rest.dropFirst(count)
    }
    close(descriptor)
    return body(path)
  }

  /// Standard output of a shell command; nil where it fails.
  static func output(of command: String) -> String? {
    guard let pipe = popen(command, "r") else { return nil }
    var text: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = fread(&chunk, 1, chunk.count, pipe)
      if count == 0 { break }
      text += chunk[..<count]
    }
    return pclose(pipe) == 0 ? String(decoding: text, as: UTF8.self) : nil
  }
}
