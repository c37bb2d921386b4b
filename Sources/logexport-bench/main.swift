#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// What `scripts/bench` measures against is made here.
///
///     logexport-bench manifest DIR --tables N --days N
///         writes DIR/logexport.yaml and DIR/archive: a manifest in which
///         N tables of hourly slices are archived whole
///     logexport-bench gzip FILE
///         compresses FILE as blobs are compressed, and tells the size
func fail(_ message: String) -> Never {
  let text = """
    logexport-bench: \(message)
      usage: logexport-bench manifest DIR [--tables N] [--days N]
             logexport-bench gzip FILE

    """
  _ = text.withCString { write(STDERR_FILENO, $0, strlen($0)) }
  exit(64)
}

/// The positive number behind a flag.
func number(_ flag: String, in words: [String], default value: Int) -> Int {
  guard let place = words.firstIndex(of: flag) else { return value }
  guard place + 1 < words.count, let number = Int(words[place + 1]), number > 0 else {
    fail("\(flag) needs a positive number")
  }
  return number
}

let words = Array(CommandLine.arguments.dropFirst())
guard words.count >= 2 else { fail("there is no such measurement") }
do {
  switch words[0] {
  case "manifest":
    let archive = SyntheticArchive(
      directory: words[1], tables: number("--tables", in: words, default: 100),
      days: number("--days", in: words, default: 365))
    print("\(try await archive.write()) manifest rows of \(archive.tables) tables")
  case "gzip":
    print("\(try GzipMeasurement(path: words[1]).run()) bytes")
  default: fail("there is no such measurement")
  }
} catch {
  fail("\(error)")
}
