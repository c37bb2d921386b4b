package import BlobStorage
package import Timeline

/// A receipt where it lies in a blob's metadata: checked, its texts not copied.
///
/// Lives no longer than the call that hands it over.
package struct ReceiptText {
  /// The texts by `Key`; nil where the metadata lacks one.
  private var texts = InlineArray<18, UnsafeRawBufferPointer?>(repeating: nil)

  package private(set) var sliceRange = TimeRange(.earliest, .latest)
  /// The part's own range.
  package private(set) var range = TimeRange(.earliest, .latest)
  package private(set) var generation = 0
  package private(set) var shard: Shard?
  package private(set) var rows = 0
  package private(set) var rawBytes = 0
  package private(set) var exportedAt = Tick.earliest

  /// What stands behind `logexport_` in the names.
  package enum Key: Int, CaseIterable {
    // In the order of the alphabet, which blobs come with.
    case compression, end, exportedAt, format, generation, lineage, queryHash, rawBytes, rows, runID, schemaHash
    case sha256, shard, sliceEnd, sliceStart, start, table, version
  }

  private init() {}
}

extension ReceiptText {
  /// Calls `body` with the receipt, and returns its result; nil where the metadata carries none of this version.
  package static func read<T>(_ metadata: BlobMetadata, _ body: (borrowing ReceiptText) -> T?) -> T? {
    var text = ReceiptText()
    var expected = 0
    var result: T?
    metadata.withEach { name, value in
      guard let key = position(of: name, expected) else { return }
      text.texts[key] = value
      expected = key + 1
    } then: {
      if text.check() { result = body(text) }
    }
    return result
  }

  /// A text; empty where it is the shard, and there is none.
  package subscript(_ key: Key) -> UnsafeRawBufferPointer {
    texts[key.rawValue] ?? UnsafeRawBufferPointer(start: nil, count: 0)
  }

  package func string(_ key: Key) -> String { String(decoding: self[key], as: UTF8.self) }

  static let prefix = Array("logexport_".utf8)
  static let names = [
    "compression", "end", "exported_at", "format", "generation", "lineage", "query_hash", "raw_bytes", "rows",
    "run_id", "schema_hash", "sha256", "shard", "slice_end", "slice_start", "start", "table", "version",
  ]
  private static let utf8 = names.map { Array($0.utf8) }
  private static let version = Array(Receipt.version.utf8)

  /// The key of a name, which is most likely the expected one.
  private static func position(of name: UnsafeRawBufferPointer, _ expected: Int) -> Int? {
    guard name.starts(with: prefix) else { return nil }
    let rest = name.dropFirst(prefix.count)
    if expected < utf8.count, rest.elementsEqual(utf8[expected]) { return expected }
    return utf8.firstIndex { rest.elementsEqual($0) }
  }

  /// Reads the values that are no texts; false where one is missing or none.
  private mutating func check() -> Bool {
    for key in Key.allCases where key != .shard && texts[key.rawValue] == nil { return false }
    guard self[.version].elementsEqual(Self.version), let slice = range(.sliceStart, .sliceEnd),
      let generation = integer(.generation), let rows = integer(.rows), let rawBytes = integer(.rawBytes),
      let exportedAt = tick(.exportedAt)
    else { return false }
    // The only part of a slice has its range, written alike.
    let isWhole =
      self[.start].elementsEqual(self[.sliceStart]) && self[.end].elementsEqual(self[.sliceEnd])
    guard let range = isWhole ? slice : range(.start, .end) else { return false }
    if texts[Key.shard.rawValue] != nil {
      guard let shard = Shard(parsing: string(.shard)) else { return false }
      self.shard = shard
    }
    (self.sliceRange, self.range, self.exportedAt) = (slice, range, exportedAt)
    (self.generation, self.rows, self.rawBytes) = (generation, rows, rawBytes)
    return true
  }

  private func tick(_ key: Key) -> Tick? { self[key].withMemoryRebound(to: UInt8.self) { Tick(iso8601UTF8: $0) } }

  private func range(_ start: Key, _ end: Key) -> TimeRange? {
    guard let from = tick(start), let to = tick(end), from < to else { return nil }
    return TimeRange(from, to)
  }

  private func integer(_ key: Key) -> Int? {
    let digits = self[key]
    // Up to 18 digits cannot overflow; whatever else is a number is rare.
    guard (1...18).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return Int(string(key))
    }
    return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }
}
