internal import Timeline

/// Walks over the lines of one segment, and cuts each into the byte ranges of its
/// fields: RFC 4180 with LF or CRLF, nothing copied.
///
///     SecurityEvent,2025-01-01T00:00:00Z,…,"""0x8DC""",…,run-1 LF
///     └ field 0 ──┘ └ field 1 ─────────┘     └ doubled quotes stay as they are
///
/// The manifest of a year of many tables is hundreds of megabytes, so only fields
/// that somebody asks for are ever turned into values. Lives no longer than the
/// buffer that it reads.
struct ManifestLines {
  private let bytes: UnsafeBufferPointer<UInt8>
  /// Container and name, for errors.
  private let place: String
  /// The number of the current line, from 1.
  private(set) var number: Int
  /// Where the current line begins.
  private(set) var start: Int
  /// Where the next line begins.
  private(set) var next: Int
  private var fields: [Range<Int>] = []

  /// Begins at `offset`, behind `number` lines.
  init(_ bytes: UnsafeBufferPointer<UInt8>, place: String, offset: Int = 0, number: Int = 0) {
    self.bytes = bytes
    self.place = place
    self.number = number
    start = offset
    next = offset
    fields.reserveCapacity(ManifestColumn.allCases.count)
  }
}

// MARK: - Cutting

extension ManifestLines {
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")
  private static let comma = UInt8(ascii: ",")
  private static let quote = UInt8(ascii: "\"")

  /// Goes to the next line; false at the end. Throws where a line has no end.
  mutating func advance() throws(ManifestError) -> Bool {
    guard next < bytes.count else { return false }
    start = next
    number += 1
    fields.removeAll(keepingCapacity: true)
    guard cut() else { throw problem("the line is cut off or its quoting is broken") }
    return true
  }

  /// Goes to the line that begins at `offset`; its number is not known then.
  mutating func go(to offset: Int) throws(ManifestError) -> Bool {
    next = offset
    return try advance()
  }

  /// Cuts the line at `start`; false where it does not end as a line does.
  private mutating func cut() -> Bool {
    var index = start
    while true {
      index = index < bytes.count && bytes[index] == Self.quote ? cutQuoted(index) : cutPlain(index)
      guard index < bytes.count else { return false }
      if bytes[index] == Self.lineFeed {
        next = index + 1
        return true
      }
      // Behind a comma there is one more field, be it empty.
      guard bytes[index] == Self.comma else { return false }
      index += 1
    }
  }

  /// Adds the field whose opening quote lies at `opening`; returns the index behind it.
  private mutating func cutQuoted(_ opening: Int) -> Int {
    var index = opening + 1
    while index < bytes.count {
      if bytes[index] != Self.quote {
        index += 1
      } else if index + 1 < bytes.count, bytes[index + 1] == Self.quote {
        index += 2
      } else {
        break
      }
    }
    fields.append(opening + 1..<min(index, bytes.count))
    index += 1
    return endsInCRLF(index) ? index + 1 : index
  }

  /// Adds the field that begins at `first`; returns the index behind it.
  private mutating func cutPlain(_ first: Int) -> Int {
    let index = plainEnd(from: first)
    // Editors and spreadsheets end lines in CRLF.
    let isCRLF = index > first && endsInCRLF(index - 1)
    fields.append(first..<(isCRLF ? index - 1 : index))
    return index
  }

  private func endsInCRLF(_ index: Int) -> Bool {
    index + 1 < bytes.count && bytes[index] == Self.carriageReturn && bytes[index + 1] == Self.lineFeed
  }

  /// The index of the next comma or LF, eight bytes at a time.
  private func plainEnd(from first: Int) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    let raw = UnsafeRawBufferPointer(bytes)
    var index = first
    while index + 8 <= bytes.count {
      let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      let commas = word ^ (ones &* UInt64(Self.comma))
      let feeds = word ^ (ones &* UInt64(Self.lineFeed))
      // A byte that became zero sets its high bit; the lowest one is exact.
      let found = ((commas &- ones) & ~commas | (feeds &- ones) & ~feeds) & highs
      if found != 0 { return index + found.trailingZeroBitCount >> 3 }
      index += 8
    }
    while index < bytes.count, bytes[index] != Self.comma, bytes[index] != Self.lineFeed { index += 1 }
    return index
  }
}

// MARK: - Fields

extension ManifestLines {
  /// An error about the current line.
  func problem(_ reason: String) -> ManifestError {
    ManifestError(
      place: place, line: number, reason: reason,
      remedy: "Nothing was changed. Restore this file from a copy, or rebuild it from the receipts of the blobs.")
  }

  /// The texts of all fields.
  var texts: [String] { fields.indices.map(text(at:)) }

  /// Throws unless the line has a field for each column: to be asked before any field is.
  func requireAllColumns() throws(ManifestError) {
    let expected = ManifestColumn.allCases.count
    guard fields.count == expected else {
      throw problem("the line has \(fields.count) \(fields.count == 1 ? "field" : "fields"), not \(expected)")
    }
  }

  /// The bytes of a field, doubled quotes and all.
  func raw(_ column: ManifestColumn) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: bytes[fields[column.index]])
  }

  /// Calls `body` with the bytes of a field without its quoting; they are copied only where quotes are doubled.
  func withBytes<Result>(of column: ManifestColumn, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    let raw = raw(column)
    guard raw.contains(Self.quote) else { return body(raw) }
    var text = text(column)
    return text.withUTF8(body)
  }

  /// Whether two fields have the same bytes.
  func areEqual(_ a: ManifestColumn, _ b: ManifestColumn) -> Bool { raw(a).elementsEqual(raw(b)) }

  /// A field without its quoting.
  func text(_ column: ManifestColumn) -> String { text(at: column.index) }

  private func text(at index: Int) -> String {
    let field = bytes[fields[index]]
    guard field.startIndex > 0, bytes[field.startIndex - 1] == Self.quote, field.contains(Self.quote) else {
      return String(decoding: field, as: UTF8.self)
    }
    // As bytes: in a text, a mark that combines with the second quote would hide it.
    var plain: [UInt8] = []
    var isFirstOfPair = false
    for byte in field {
      isFirstOfPair = byte == Self.quote && !isFirstOfPair
      if byte != Self.quote || isFirstOfPair { plain.append(byte) }
    }
    return String(decoding: plain, as: UTF8.self)
  }

  /// More than any part has of rows or bytes; and so many lines as would make their sum overflow are no manifest.
  private static let countCap = 1_000_000_000_000

  /// A count: digits alone, up to 10^12.
  func integer(_ column: ManifestColumn) throws(ManifestError) -> Int {
    var value = 0
    let digits = raw(column)
    guard !digits.isEmpty else { throw problem("\(column.name) is empty") }
    for byte in digits {
      let digit = Int(byte) - 0x30
      guard (0...9).contains(digit), value <= Self.countCap else {
        throw problem("'\(text(column))' is no count (\(column.name))")
      }
      value = value * 10 + digit
    }
    guard value <= Self.countCap else { throw problem("\(value) is more than any blob has (\(column.name))") }
    return value
  }

  /// A time of ISO 8601.
  func tick(_ column: ManifestColumn) throws(ManifestError) -> Tick {
    guard let tick = Tick(iso8601UTF8: raw(column)) else {
      throw problem("'\(text(column))' is no time (\(column.name))")
    }
    return tick
  }

  /// A range that is not empty.
  func range(_ start: ManifestColumn, _ end: ManifestColumn) throws(ManifestError) -> TimeRange {
    let (from, to) = (try tick(start), try tick(end))
    guard from < to else { throw problem("\(end.name) does not lie after \(start.name)") }
    return TimeRange(from, to)
  }
}
