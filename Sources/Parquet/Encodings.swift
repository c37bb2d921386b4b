/// The encodings of Parquet's values, by the numbers of its format.
///
/// https://parquet.apache.org/docs/file-format/data-pages/encodings/
enum Encoding: Int32, Sendable {
  case plain = 0
  case rle = 3
  case deltaBinaryPacked = 5
  case deltaLengthByteArray = 6
  case rleDictionary = 8
}

/// Runs of equal numbers and packed groups of eight, whichever is smaller: levels and the indices of dictionaries.
enum HybridEncoding {
  /// Appends numbers of `width` bits, 1 to 32.
  static func append(_ values: UnsafeBufferPointer<UInt32>, width: Int, to out: PageBytes) {
    // The worst is runs of eight: a header of a byte and a value.
    out.reserve(values.count * ((width + 7) / 8 + 1) + 64)
    let count = values.count
    guard let values = values.baseAddress else { return }
    var literal = 0
    var index = 0
    while index < count {
      let value = values[index]
      var end = index &+ 1
      while end < count, values[end] == value { end &+= 1 }
      // What is packed is whole groups, filled up from the run behind it.
      let fill = (8 &- (index &- literal) & 7) & 7
      let rest = end &- index &- fill
      guard rest >= 8 else {
        index = end
        continue
      }
      packed(values, literal..<index &+ fill, width, out)
      run(value, rest, width, out)
      literal = end
      index = end
    }
    packed(values, literal..<count, width, out)
  }

  /// Appends `count` times the same number.
  static func run(_ value: UInt32, _ count: Int, _ width: Int, _ out: PageBytes) {
    out.append(varint: UInt64(count) << 1)
    out.reserve(4)
    UnsafeMutableRawPointer(out.end).storeBytes(of: value.littleEndian, as: UInt32.self)
    out.count += (width + 7) / 8
  }

  private static func packed(_ values: UnsafePointer<UInt32>, _ range: Range<Int>, _ width: Int, _ out: PageBytes) {
    guard !range.isEmpty else { return }
    let groups = (range.count + 7) / 8
    out.append(varint: UInt64(groups) << 1 | 1)
    out.reserve(groups * width + 8)
    let end = out.count + groups * width
    var packer = BitPacker(out)
    for index in range { packer.put(UInt64(values[index]), width) }
    packer.finish()
    // The last group is filled up with zeros.
    while out.count < end {
      out.start[out.count] = 0
      out.count += 1
    }
  }
}

/// Differences to the number before, packed in small blocks by the width of the largest: DELTA_BINARY_PACKED.
struct DeltaEncoding {
  /// Numbers of a block, and of each of its miniblocks.
  private static let block = 128
  private static let miniblock = 32
  /// Whether the numbers have 32 bits, and their differences no more.
  var isShort: Bool

  /// How many bytes the numbers take.
  func size(_ values: UnsafeBufferPointer<Int64>) -> Int {
    var size = 16
    blocks(values) { smallest, deltas in
      size += 6
      for start in stride(from: 0, to: deltas.count, by: Self.miniblock) {
        size += Self.miniblock / 8 * width(deltas, start, smallest)
      }
    }
    return size
  }

  /// Appends the numbers.
  func append(_ values: UnsafeBufferPointer<Int64>, to out: PageBytes) {
    out.append(varint: UInt64(Self.block))
    out.append(varint: UInt64(Self.block / Self.miniblock))
    out.append(varint: UInt64(values.count))
    out.append(varint: Self.zigzag(values.first ?? 0))
    blocks(values) { smallest, deltas in
      out.append(varint: Self.zigzag(smallest))
      var widths = SIMD4<UInt8>.zero
      for (place, start) in stride(from: 0, to: deltas.count, by: Self.miniblock).enumerated() {
        widths[place] = UInt8(width(deltas, start, smallest))
      }
      out.append(little: UInt32(littleEndian: unsafeBitCast(widths, to: UInt32.self)))
      out.reserve(8 * Self.block + 16)
      for (place, start) in stride(from: 0, to: deltas.count, by: Self.miniblock).enumerated() {
        let width = Int(widths[place])
        guard width > 0 else { continue }
        var packer = BitPacker(out)
        for index in start..<start + Self.miniblock {
          let value = index < deltas.count ? difference(deltas[index], smallest) : 0
          packer.put(value & 0xFFFF_FFFF, min(width, 32))
          if width > 32 { packer.put(value >> 32, width - 32) }
        }
        packer.finish()
      }
    }
  }

  private static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: value << 1 ^ value >> 63) }

  /// A delta less the smallest of its block; of 32 bits it wraps as those do.
  @inline(__always)
  private func difference(_ delta: Int64, _ smallest: Int64) -> UInt64 {
    let value = UInt64(bitPattern: delta &- smallest)
    return isShort ? value & 0xFFFF_FFFF : value
  }

  @inline(__always)
  private func width(_ deltas: UnsafeBufferPointer<Int64>, _ start: Int, _ smallest: Int64) -> Int {
    var bits: UInt64 = 0
    for index in start..<min(start + Self.miniblock, deltas.count) { bits |= difference(deltas[index], smallest) }
    return 64 - bits.leadingZeroBitCount
  }

  /// Calls `body` with the deltas of each block and the smallest of them.
  @inline(__always)
  private func blocks(_ values: UnsafeBufferPointer<Int64>, _ body: (Int64, UnsafeBufferPointer<Int64>) -> Void) {
    withUnsafeTemporaryAllocation(of: Int64.self, capacity: Self.block) { deltas in
      var index = 1
      while index < values.count {
        let count = min(Self.block, values.count - index)
        var smallest = Int64.max
        for offset in 0..<count {
          var delta = values[index &+ offset] &- values[index &+ offset &- 1]
          if isShort { delta = Int64(Int32(truncatingIfNeeded: delta)) }
          deltas[offset] = delta
          smallest = min(smallest, delta)
        }
        body(smallest, UnsafeBufferPointer(rebasing: deltas[..<count]))
        index += count
      }
    }
  }
}
