internal import Compression
internal import RowEncoding

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

let usage = """
  usage: logexport-bench manifest DIR [--tables N] [--days N]
             writes DIR/logexport.yaml and DIR/archive: a manifest in which
             N tables of hourly slices are archived whole
         logexport-bench encode FILE [--format ndjson|json|csv] [--dynamic nested|string]
             [--compress none|gzip|zstd] [--repeat N] [--output FILE]
             [--parquet none|snappy|gzip|zstd]
             encodes a response of Tests/bench/responses.py in memory and prints
             the processor seconds of the best of N runs
         logexport-bench gzip FILE
             compresses FILE as blobs are compressed, and prints the size
  """

func fail(_ message: String) -> Never {
  let text = "logexport-bench: \(message)\n\(usage)\n"
  _ = text.withCString { write(STDERR_FILENO, $0, strlen($0)) }
  exit(64)
}

/// The word behind a flag.
func word(_ flag: String, in words: [String]) -> String? {
  guard let place = words.firstIndex(of: flag) else { return nil }
  guard place + 1 < words.count else { fail("\(flag) needs a value") }
  return words[place + 1]
}

/// The positive number behind a flag.
func number(_ flag: String, in words: [String], default value: Int) -> Int {
  guard let word = word(flag, in: words) else { return value }
  guard let number = Int(word), number > 0 else { fail("\(flag) needs a positive number") }
  return number
}

/// The case behind a flag, by its name.
func choice<Choice: CaseIterable>(_ flag: String, in words: [String]) -> Choice? {
  guard let word = word(flag, in: words) else { return nil }
  guard let choice = Choice.allCases.first(where: { "\($0)" == word }) else { fail("\(flag) has no choice '\(word)'") }
  return choice
}

let words = Array(CommandLine.arguments.dropFirst())
guard words.count >= 2 else { fail("there is no such measurement") }
do {
  switch words[0] {
  case "manifest":
    let archive = SyntheticArchive(
      directory: words[1], tables: number("--tables", in: words, default: 100),
      days: number("--days", in: words, default: 365))
    let rows = try await archive.write()
    print("\(rows) manifest rows of \(archive.tables) tables")
  case "encode":
    let measurement = EncodeMeasurement(
      options: EncodingOptions(
        format: choice("--format", in: words) ?? .ndjson, dynamic: choice("--dynamic", in: words) ?? .nested),
      compression: choice("--compress", in: words), parquet: choice("--parquet", in: words),
      repetitions: number("--repeat", in: words, default: 5))
    try measurement.run(words[1], output: word("--output", in: words))
  case "gzip":
    print("\(try GzipMeasurement(path: words[1]).run()) bytes")
  default: fail("there is no such measurement")
  }
} catch {
  fail("\(error)")
}
