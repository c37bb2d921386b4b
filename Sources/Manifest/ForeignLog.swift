package import Timeline

/// What another tool's log says that it has exported.
package struct ForeignLog: Sendable {
  /// In the order of the file.
  package private(set) var entries: [Entry] = []
  /// Lines that say nothing that can be used.
  package private(set) var problems: [(line: Int, reason: String)] = []

  /// One line of it.
  package struct Entry: Sendable, Equatable {
    package var line: Int
    package var table: String
    /// Half-open, whatever the file's ends are.
    package var range: TimeRange
    package var rows: Int
    /// A URL, or a name.
    package var url: String
    package var bytes: Int?
  }

  /// Reads a CSV; with `isInclusive`, ends are the last instant of their range.
  ///
  /// Throws where the file is no CSV, or lacks a column.
  package init(
    _ bytes: [UInt8], place: String, columns: ForeignColumns, isInclusive: Bool
  ) throws(ManifestError) {
    try Self.check(bytes, place: place, columns: columns)
    var records = try CSVDocument(bytes, place: place).records[...]
    guard !records.isEmpty else {
      throw ManifestError(
        place: place, reason: "the file is empty",
        remedy: "Nothing was changed. Give the log that the earlier job wrote.")
    }
    var names: [String] = []
    if columns.areNumbers {
      names = (1...(records.first?.fields.count ?? 1)).map(String.init)
    } else if let header = records.popFirst() {
      names = header.fields
    }
    var positions: [String: Int] = [:]
    for column in columns.names {
      guard let position = names.firstIndex(of: column) else {
        throw ManifestError(
          place: place, line: 1, reason: "there is no column '\(column)'",
          remedy: "Nothing was changed. Say with --columns which there are: \(names.joined(separator: ", ")).")
      }
      positions[column] = position
    }
    let sizes = columns.sizes(among: names)
    if let sizes { positions[sizes] = names.firstIndex(of: sizes) }
    for record in records {
      func field(_ column: String) -> String {
        positions[column].flatMap { record.fields.indices.contains($0) ? record.fields[$0] : nil } ?? ""
      }
      do throws(Unusable) {
        entries.append(try Self.entry(record.line, columns, sizes, isInclusive: isInclusive, field))
      } catch {
        problems.append((record.line, error.reason))
      }
    }
  }

  private struct Unusable: Error {
    var reason: String
  }
}

extension ForeignLog {
  /// What spreadsheets write where they are told to write CSV, and is none.
  private static func check(_ bytes: [UInt8], place: String, columns: ForeignColumns) throws(ManifestError) {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) || bytes.prefix(4).contains(0) {
      throw ManifestError(
        place: place, reason: "it is UTF-16, and only UTF-8 is read",
        remedy: "Nothing was changed. Save it as \"CSV UTF-8\", or: iconv -f UTF-16 -t UTF-8 OLD.csv > NEW.csv")
    }
    let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
    let needed = columns.names.count - 1
    guard line.count(where: { $0 == UInt8(ascii: ",") }) < needed else { return }
    for (mark, name) in [(UInt8(ascii: ";"), "semicolons"), (UInt8(ascii: "\t"), "tabs")]
    where line.count(where: { $0 == mark }) >= needed {
      throw ManifestError(
        place: place, line: 1, reason: "its fields are separated by \(name), and only commas are read",
        remedy: "Nothing was changed. Save it with commas, or: "
          + "duckdb -c \"copy (from read_csv('OLD.csv', all_varchar=true)) to 'NEW.csv'\"")
    }
  }

  private static func entry(
    _ line: Int, _ columns: ForeignColumns, _ sizes: ForeignColumns.Column?, isInclusive: Bool,
    _ field: (String) -> String
  ) throws(Unusable) -> Entry {
    let texts: (String, String)
    switch columns.range {
    case .two(let start, let end): texts = (field(start), field(end))
    case .one(let column):
      guard let halves = halves(field(column)) else { throw Unusable(reason: "'\(field(column))' is no range") }
      texts = halves
    }
    guard let start = tick(texts.0) else { throw Unusable(reason: "'\(texts.0)' is no time") }
    guard let end = isInclusive ? tickAfter(texts.1) : tick(texts.1) else {
      throw Unusable(reason: "'\(texts.1)' is no time")
    }
    guard start < end else { throw Unusable(reason: "its end \(texts.1) does not lie after its start \(texts.0)") }
    guard let rows = count(field(columns.rows)) else {
      throw Unusable(reason: "'\(field(columns.rows))' is no number of rows")
    }
    let table = field(columns.table)
    guard !table.isEmpty else { throw Unusable(reason: "it names no table") }
    var bytes: Int?
    if let sizes {
      bytes = count(field(sizes))
      // A column that nobody named may mean something else.
      if bytes == nil, columns.bytes != nil { throw Unusable(reason: "'\(field(sizes))' is no size") }
    }
    return Entry(
      line: line, table: table, range: TimeRange(start, end), rows: rows, url: field(columns.url), bytes: bytes)
  }

  /// A range as one text: its ends with any usual mark between them.
  private static func halves(_ text: String) -> (String, String)? {
    for mark in ["/", " - ", " to ", "..", "→", "–", "->", ",", ";"] {
      let found = text.split(separator: mark, omittingEmptySubsequences: false)
      guard found.count == 2 else { continue }
      let (start, end) = (trimmed(found[0]), trimmed(found[1]))
      if tick(start) != nil, tick(end) != nil { return (start, end) }
    }
    return nil
  }

  private static func trimmed(_ text: Substring) -> String {
    // Ranges are written as tuples and intervals too.
    String(text.drop { " ([".contains($0) }.reversed().drop { " )]".contains($0) }.reversed())
  }

  /// A time as tools write it, without an offset UTC; of more than seven fraction digits the rest must be zeros.
  private static func tick(_ text: String) -> Tick? {
    guard let (kept, dropped) = cutFraction(text), dropped.allSatisfy({ $0 == "0" }) else { return nil }
    return Tick(iso8601: kept)
  }

  /// The end of a range of which the last instant is written: the next whole second, since tools write
  /// `10:59:59`, `10:59:59.999` and `10:59:59.999000` and mean 11:00; of a time without seconds the next minute,
  /// of a date the next day.
  private static func tickAfter(_ text: String) -> Tick? {
    guard let (kept, _) = cutFraction(text), let tick = Tick(iso8601: kept) else { return nil }
    let clock = kept.utf8.firstIndex { $0 == UInt8(ascii: "T") || $0 == UInt8(ascii: " ") }
    guard let clock else { return tick + .day }
    let colons = kept.utf8[clock...].prefix { $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }
      .count { $0 == UInt8(ascii: ":") }
    return colons < 2 ? tick + .minute : Tick(unixSeconds: tick.unixSeconds) + .second
  }

  /// The text with at most seven fraction digits, and the digits that were cut off; nil where nothing is left.
  private static func cutFraction(_ text: String) -> (kept: String, dropped: Substring)? {
    let text = text.hasSuffix(" UTC") ? text.dropLast(4) : text[...]
    if text.isEmpty { return nil }
    guard let point = text.firstIndex(of: ".") else { return (String(text), "") }
    let digits = text[text.index(after: point)...].prefix { $0.isASCII && $0.isNumber }
    guard digits.count > 7 else { return (String(text), "") }
    return (String(text[...point]) + digits.prefix(7) + text[digits.endIndex...], digits.dropFirst(7))
  }

  /// A count; data frames write `40.0`.
  private static func count(_ text: String) -> Int? {
    let text = text.hasSuffix(".0") ? text.dropLast(2) : text[...]
    guard !text.isEmpty, text.count <= 12, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(text)
  }
}
