internal import Compression
internal import RowEncoding

/// A column of texts, or of other runs of bytes.
///
///     texts ──▶ dictionary, index of each ──▶ one page of indices at the row group's end
///                 └─▶ too large, or hardly a text comes twice: plain from there on ──▶ pages of 1 MiB
final class TextColumn {
  let schema: ColumnSchema
  private let fixed: Int
  private var levels = Levels()
  private var chunk: ColumnChunk
  private var table: TextTable
  /// Of each value that is not in a page yet, while there is a dictionary.
  private var indices: [UInt32] = []
  /// Bytes of those values.
  private var indexedBytes = 0
  /// Whether values are plain, in this row group and in those to come.
  private var isPlain = false
  private var prefersPlain = false
  /// Plain values that are not in a page yet: their bytes, and the length of each.
  private let text = PageBytes()
  private var lengths: [Int64] = []
  private var bounds: TextBounds

  /// A dictionary of more bytes or texts is ended.
  private static let dictionaryBytes = 1 << 20
  private static let dictionaryCount = 1 << 15
  /// Values after which a dictionary has to have shown that it is one.
  private static let trial = 8192
  /// Bytes of a page.
  private static let pageSize = 1 << 20

  init(_ schema: ColumnSchema) {
    self.schema = schema
    fixed = schema.physical == .fixed ? ColumnSchema.fixedSize : 0
    chunk = ColumnChunk(schema)
    table = TextTable(fixed: fixed)
    bounds = TextBounds(isSigned: schema.isSigned)
  }

  deinit { table.deallocate() }

  /// Bytes that are held.
  var size: Int {
    levels.size + chunk.summary.size + (isPlain ? text.count + 8 * lengths.count : table.size + 4 * indices.count)
  }

  func append(_ batch: ColumnValues, _ shop: PageShop) throws(CompressionError) {
    levels.append(batch.isPresent, rows: batch.rows, values: batch.count)
    if isPlain {
      appendPlain(batch)
      if text.count + 4 * lengths.count >= Self.pageSize { try endPlainPage(shop) }
    } else {
      appendIndices(batch)
      try reviewDictionary(shop)
    }
  }

  /// Ends the row group.
  func finish(_ shop: PageShop) throws(CompressionError) -> ColumnChunk {
    if !isPlain, !isDictionaryWorth { makePlain() }
    if isPlain { try endPlainPage(shop) } else { try endIndexPage(shop) }
    chunk.finish(allBounds())
    let done = chunk
    chunk = ColumnChunk(schema)
    isPlain = prefersPlain
    return done
  }
}

// MARK: - By a dictionary

extension TextColumn {
  /// What is written to is taken out of the column for as long: an access to a class's member is checked each time.
  private func appendIndices(_ batch: ColumnValues) {
    var table = self.table
    var indices: [UInt32] = []
    swap(&indices, &self.indices)
    indices.reserveCapacity(indices.count + batch.count)
    // Values of logs come in runs: the text before is the likeliest.
    var last = indices.last.map { Int($0) } ?? -1
    var total = 0
    for place in 0..<batch.count {
      let text = batch.texts[place]
      let size = text.count
      total &+= size
      // Of an empty text there may be no address.
      let start = text.baseAddress ?? UnsafePointer(self.text.start)
      if last < 0 || !table.holds(start, size, at: last) { last = table.index(of: start, size) }
      indices.append(UInt32(truncatingIfNeeded: last))
    }
    self.table = table
    swap(&indices, &self.indices)
    indexedBytes += total
  }

  /// Whether the dictionary and its indices are smaller than the plain values.
  private var isDictionaryWorth: Bool {
    let bits = Int.bitWidth - max(table.count - 1, 0).leadingZeroBitCount
    let plain = indexedBytes + (fixed > 0 ? 0 : indices.count)
    return table.bytes.count + bits * indices.count / 8 < plain - plain / 16 || table.count < 2
  }

  /// Gives the dictionary up where it has become too large, or hardly a text comes twice.
  private func reviewDictionary(_ shop: PageShop) throws(CompressionError) {
    let isTooLarge = table.bytes.count > Self.dictionaryBytes || table.count > Self.dictionaryCount
    let isNone = indices.count >= Self.trial && table.count > indices.count / 8 * 7
    guard isTooLarge || isNone else { return }
    if indexedBytes < 2 * table.bytes.count {
      prefersPlain = true
      makePlain()
    } else if isTooLarge {
      // It has served: what it holds stays, and what follows is plain.
      try endIndexPage(shop)
      isPlain = true
    }
  }

  /// Turns the values that have an index only into plain ones, which are not many more bytes than the dictionary.
  private func makePlain() {
    isPlain = true
    text.reserve(indexedBytes)
    let (table, indices) = (table, indices)
    appendPlain(count: indices.count) { table[Int(indices[$0])] }
    self.indices = []
    indexedBytes = 0
    self.table.removeAll()
  }

  private func endIndexPage(_ shop: PageShop) throws(CompressionError) {
    guard levels.rows > 0 else { return }
    let (rows, nulls) = (levels.rows, levels.nulls)
    shop.page.removeAll()
    levels.write(to: shop.page)
    // Of nulls alone there is nothing but the levels.
    if table.count > 0 {
      try chunk.setDictionary(table.bytes, count: table.count, shop.compressor)
      indices.withUnsafeBufferPointer { NumberColumn.write($0, of: table.count, to: shop.page) }
    }
    for index in 0..<table.count {
      let text = table[index]
      guard let start = text.baseAddress else { continue }
      bounds.add(table.bytes.start, start - UnsafePointer(table.bytes.start), text.count)
    }
    try addPage(shop, rows: rows, nulls: nulls, table.count > 0 ? .rleDictionary : .plain, table.bytes)
    table.removeAll()
    indices.removeAll(keepingCapacity: true)
    indexedBytes = 0
  }
}

// MARK: - Plain

extension TextColumn {
  private func appendPlain(_ batch: ColumnValues) {
    appendPlain(count: batch.count) { batch.texts[$0] }
  }

  /// As with indices, what is written to is taken out of the column for as long.
  @inline(__always)
  private func appendPlain(count: Int, _ value: (Int) -> UnsafeBufferPointer<UInt8>) {
    let text = self.text
    var bounds = self.bounds
    var lengths: [Int64] = []
    swap(&lengths, &self.lengths)
    lengths.reserveCapacity(lengths.count + count)
    for place in 0..<count {
      let value = value(place)
      let offset = text.count
      text.append(padded: value)
      if fixed == 0 { lengths.append(Int64(value.count)) }
      bounds.add(text.start, offset, value.count)
    }
    swap(&lengths, &self.lengths)
    self.bounds = bounds
  }

  /// Lengths first, packed by their differences, and then the texts: DELTA_LENGTH_BYTE_ARRAY.
  private func endPlainPage(_ shop: PageShop) throws(CompressionError) {
    guard levels.rows > 0 else { return }
    let (rows, nulls) = (levels.rows, levels.nulls)
    shop.page.removeAll()
    levels.write(to: shop.page)
    let hasLengths = fixed == 0 && nulls < rows
    if hasLengths {
      lengths.withUnsafeBufferPointer { DeltaEncoding(isShort: true).append($0, to: shop.page) }
    }
    shop.page.append(UnsafeBufferPointer(start: text.start, count: text.count))
    try addPage(shop, rows: rows, nulls: nulls, hasLengths ? .deltaLengthByteArray : .plain, text)
    lengths.removeAll(keepingCapacity: true)
    if text.count > 4 * Self.pageSize { text.release() } else { text.removeAll() }
  }
}

// MARK: - Pages

extension TextColumn {
  /// Adds the page that was made, with the bounds of its values, which lie in `bytes`.
  private func addPage(
    _ shop: PageShop, rows: Int, nulls: Int, _ encoding: Encoding, _ bytes: PageBytes
  ) throws(CompressionError) {
    var found: Bounds?
    if let least = bounds.least {
      func text(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: bytes.start + range.lowerBound, count: range.count)
      }
      let (first, last) = (text(least), text(bounds.greatest))
      found = Bounds(texts: first, last, mayCut: schema.isText)
    }
    try chunk.add(shop.page, rows: rows, nulls: nulls, encoding, found, shop.compressor)
    bounds = TextBounds(isSigned: schema.isSigned)
  }

  /// The bounds of all pages, each of which has some unless it has nulls only.
  private func allBounds() -> Bounds? {
    var all: Bounds?
    for page in chunk.summary.pages where page.nulls < page.rows {
      guard let next = page.bounds else { return nil }
      guard var known = all else {
        all = next
        continue
      }
      if isLess(next.least, known.least) { (known.least, known.leastIsExact) = (next.least, next.leastIsExact) }
      if isLess(known.greatest, next.greatest) {
        (known.greatest, known.greatestIsExact) = (next.greatest, next.greatestIsExact)
      }
      all = known
    }
    return all
  }

  private func isLess(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    if schema.isSigned, let first = a.first, let second = b.first, first ^ second >= 0x80 { return first >= 0x80 }
    return a.lexicographicallyPrecedes(b)
  }
}
