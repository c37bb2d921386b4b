internal import Compression
internal import RowEncoding

/// A column of numbers: all of a row group are held, and one page is made of them, in the encoding that is smallest.
final class NumberColumn {
  let schema: ColumnSchema
  private var levels = Levels()
  private var values: UnsafeMutablePointer<Int64>
  private var capacity = 1024
  private var count = 0

  /// A dictionary of more is no gain over what numbers there are.
  private static let dictionaryLimit = 1 << 14

  init(_ schema: ColumnSchema) {
    self.schema = schema
    values = .allocate(capacity: capacity)
  }

  deinit { values.deallocate() }

  /// Bytes that are held.
  var size: Int { 8 * count + levels.size }

  func append(_ batch: ColumnValues) {
    levels.append(batch.isPresent, rows: batch.rows, values: batch.count)
    if capacity - count < batch.count { grow(batch.count) }
    (values + count).update(from: batch.numbers, count: batch.count)
    count += batch.count
  }

  private func grow(_ more: Int) {
    capacity = max(2 * capacity, count + more)
    let larger = UnsafeMutablePointer<Int64>.allocate(capacity: capacity)
    larger.update(from: values, count: count)
    values.deallocate()
    values = larger
  }

  /// Ends the row group.
  func finish(_ shop: PageShop) throws(CompressionError) -> ColumnChunk {
    var chunk = ColumnChunk(schema)
    let all = UnsafeBufferPointer(start: values, count: count)
    let bounds = bounds(all)
    let (rows, nulls) = (levels.rows, levels.nulls)
    shop.page.removeAll()
    levels.write(to: shop.page)
    let delta = DeltaEncoding(isShort: schema.physical == .int32)
    let isWhole = schema.physical == .int32 || schema.physical == .int64
    let width = schema.physical == .int32 ? 4 : 8
    let deltaSize = isWhole ? delta.size(all) : Int.max
    let plainSize = width * count
    let best = min(deltaSize, plainSize - plainSize / 8)
    let encoding: Encoding
    if schema.physical == .boolean {
      encoding = .plain
      bits(all, shop.page)
    } else if let distinct = index(all, shop, below: best, width: width) {
      encoding = .rleDictionary
      let indices = UnsafeBufferPointer(start: shop.indices, count: count)
      Self.write(indices, of: distinct, to: shop.page)
      shop.dictionary.removeAll()
      for place in 0..<distinct { plain(shop.distinct[place], shop.dictionary) }
      try chunk.setDictionary(shop.dictionary, count: distinct, shop.compressor)
    } else if deltaSize <= best {
      encoding = .deltaBinaryPacked
      delta.append(all, to: shop.page)
    } else {
      encoding = .plain
      shop.page.reserve(8 * count)
      for value in all { plain(value, shop.page) }
    }
    if rows > 0 { try chunk.add(shop.page, rows: rows, nulls: nulls, encoding, bounds, shop.compressor) }
    chunk.finish(bounds)
    count = 0
    return chunk
  }

  /// Indices of a dictionary: the width of each, and the numbers.
  static func write(_ indices: UnsafeBufferPointer<UInt32>, of distinct: Int, to page: PageBytes) {
    let width = max(1, Int.bitWidth - max(distinct - 1, 0).leadingZeroBitCount)
    page.reserve(1)
    page.end[0] = UInt8(width)
    page.count += 1
    HybridEncoding.append(indices, width: width, to: page)
  }

  @inline(__always)
  private func plain(_ value: Int64, _ page: PageBytes) {
    if schema.physical == .int32 {
      page.append(little: UInt32(truncatingIfNeeded: value))
    } else {
      page.append(little: UInt64(bitPattern: value))
    }
  }

  private func bits(_ values: UnsafeBufferPointer<Int64>, _ page: PageBytes) {
    page.reserve(values.count / 8 + 8)
    var packer = BitPacker(page)
    for value in values { packer.put(UInt64(bitPattern: value), 1) }
    packer.finish()
  }
}

extension NumberColumn {
  /// Finds the distinct values and the index of each; nil where a dictionary would take `limit` bytes or more.
  private func index(
    _ values: UnsafeBufferPointer<Int64>, _ shop: PageShop, below limit: Int, width: Int
  ) -> Int? {
    guard let first = values.first else { return nil }
    shop.reserve(values.count)
    // A power of two, and no more than half full: few values need no large table.
    let size = 2 << (Int.bitWidth - min(values.count, 2 * Self.dictionaryLimit).leadingZeroBitCount)
    let (slots, mask) = (shop.slots(size), size - 1)
    var distinct = 1
    shop.distinct[0] = first
    slots[Self.slot(first) & mask] = 1
    var (last, lastIndex) = (first, UInt32(0))
    for (place, value) in values.enumerated() {
      if value != last {
        last = value
        var slot = Self.slot(value) & mask
        while true {
          let found = slots[slot]
          if found == 0 {
            // After some thousands one sees how it goes on.
            guard distinct < Self.dictionaryLimit, distinct * width < limit,
              place < 4096 || distinct < place / 2 + 64
            else { return nil }
            shop.distinct[distinct] = value
            lastIndex = UInt32(distinct)
            distinct += 1
            slots[slot] = UInt32(distinct)
            break
          }
          if shop.distinct[Int(found) - 1] == value {
            lastIndex = found - 1
            break
          }
          slot = (slot &+ 1) & mask
        }
      }
      shop.indices[place] = lastIndex
    }
    let bits = Int.bitWidth - (distinct - 1).leadingZeroBitCount
    return distinct * width + bits * values.count / 8 < limit || distinct == 1 ? distinct : nil
  }

  /// Multiplies by 2^64 over the golden ratio, whose high bits are well mixed.
  @inline(__always)
  private static func slot(_ value: Int64) -> Int {
    let mixed = (UInt64(bitPattern: value) ^ UInt64(bitPattern: value) >> 32) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed >> 40)
  }

  private func bounds(_ values: UnsafeBufferPointer<Int64>) -> Bounds? {
    guard let first = values.first else { return nil }
    if schema.physical == .double { return realBounds(values) }
    var (least, greatest) = (first, first)
    for value in values {
      least = min(least, value)
      greatest = max(greatest, value)
    }
    return Bounds(least: encoded(least), greatest: encoded(greatest))
  }

  /// None where any is NaN, since readers differ in where it is ordered; a zero may be of either sign.
  private func realBounds(_ values: UnsafeBufferPointer<Int64>) -> Bounds? {
    var (least, greatest) = (Double.infinity, -Double.infinity)
    for value in values {
      let real = Double(bitPattern: UInt64(bitPattern: value))
      if real.isNaN { return nil }
      least = min(least, real)
      greatest = max(greatest, real)
    }
    if least == 0 { least = -0.0 }
    if greatest == 0 { greatest = 0.0 }
    return Bounds(
      least: encoded(Int64(bitPattern: least.bitPattern)), greatest: encoded(Int64(bitPattern: greatest.bitPattern)))
  }

  private func encoded(_ value: Int64) -> [UInt8] {
    let size = schema.physical == .boolean ? 1 : schema.physical == .int32 ? 4 : 8
    return withUnsafeBytes(of: value.littleEndian) { Array($0.prefix(size)) }
  }
}

/// What all columns make their pages with, one behind the other.
final class PageShop {
  let compressor: PageCompressor
  let page = PageBytes()
  let dictionary = PageBytes()
  /// Indices of a dictionary.
  private(set) var indices = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
  private(set) var distinct = UnsafeMutablePointer<Int64>.allocate(capacity: 1)
  private var capacity = 1
  private var table = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: 1)

  init(_ codec: PageCompressor.Codec) throws(CompressionError) { compressor = try PageCompressor(codec) }

  deinit {
    indices.deallocate()
    distinct.deallocate()
    table.deallocate()
  }

  /// Makes room for as many indices and distinct values.
  func reserve(_ count: Int) {
    guard capacity < count else { return }
    capacity = count
    indices.deallocate()
    distinct.deallocate()
    indices = .allocate(capacity: count)
    distinct = .allocate(capacity: count)
  }

  /// An empty hash table.
  func slots(_ count: Int) -> UnsafeMutablePointer<UInt32> {
    if table.count < count {
      table.deallocate()
      table = .allocate(capacity: count)
    }
    // Not empty: a base address is there.
    let slots = table.baseAddress.unsafelyUnwrapped
    slots.update(repeating: 0, count: count)
    return slots
  }
}
