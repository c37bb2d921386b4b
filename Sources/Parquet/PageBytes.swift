/// Bytes of a page in the making, outside of any array: what is written in words may run over the end by `slack`.
final class PageBytes {
  static let slack = 16
  private(set) var start: UnsafeMutablePointer<UInt8>
  private var capacity = 0
  var count = 0

  init() { start = .allocate(capacity: Self.slack) }

  deinit { start.deallocate() }

  /// All of them.
  var raw: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

  /// Where the next byte is written.
  @inline(__always)
  var end: UnsafeMutablePointer<UInt8> { start + count }

  /// Makes room for `size` more bytes.
  @inline(__always)
  func reserve(_ size: Int) { if capacity &- count < size { grow(size) } }

  @inline(never)
  private func grow(_ size: Int) {
    capacity = max(count + size, 2 * capacity, 256)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity + Self.slack)
    larger.update(from: start, count: count)
    start.deallocate()
    start = larger
  }

  @inline(__always)
  func append(_ text: UnsafeBufferPointer<UInt8>) {
    guard let bytes = text.baseAddress else { return }
    reserve(text.count)
    end.update(from: bytes, count: text.count)
    count &+= text.count
  }

  /// Appends a text behind which `slack` bytes can be read, whatever they are: most are done with one load or two.
  @inline(__always)
  func append(padded text: UnsafeBufferPointer<UInt8>) {
    guard let bytes = text.baseAddress else { return }
    reserve(text.count)
    let (source, target) = (UnsafeRawPointer(bytes), UnsafeMutableRawPointer(end))
    if text.count > 64 {
      target.copyMemory(from: source, byteCount: text.count)
    } else {
      var offset = 0
      repeat {
        target.storeBytes(
          of: (source + offset).loadUnaligned(as: SIMD16<UInt8>.self), toByteOffset: offset, as: SIMD16<UInt8>.self)
        offset &+= 16
      } while offset < text.count
    }
    count &+= text.count
  }

  @inline(__always)
  func append(little value: UInt32) {
    reserve(4)
    UnsafeMutableRawPointer(end).storeBytes(of: value.littleEndian, as: UInt32.self)
    count &+= 4
  }

  @inline(__always)
  func append(little value: UInt64) {
    reserve(8)
    UnsafeMutableRawPointer(end).storeBytes(of: value.littleEndian, as: UInt64.self)
    count &+= 8
  }

  func append(varint value: UInt64) {
    reserve(10)
    var rest = value
    while rest >= 0x80 {
      start[count] = UInt8(truncatingIfNeeded: rest) | 0x80
      count += 1
      rest >>= 7
    }
    start[count] = UInt8(rest)
    count += 1
  }

  /// Forgets all bytes and keeps their room.
  func removeAll() { count = 0 }

  /// Forgets all bytes and gives their room back.
  func release() {
    count = 0
    capacity = 0
    start.deallocate()
    start = .allocate(capacity: Self.slack)
  }
}

/// Packs numbers of a few bits each, the lowest bits first.
struct BitPacker {
  private var word: UInt64 = 0
  private var bits = 0
  private var out: UnsafeMutablePointer<UInt8>
  private let bytes: PageBytes

  /// Room for all that will be put must have been reserved.
  @inline(__always)
  init(_ bytes: PageBytes) {
    self.bytes = bytes
    out = bytes.end
  }

  /// Appends the lowest `width` bits, up to 32; the rest are zeros.
  @inline(__always)
  mutating func put(_ value: UInt64, _ width: Int) {
    word |= value &<< UInt64(bits)
    bits &+= width
    if bits >= 32 {
      UnsafeMutableRawPointer(out).storeBytes(of: UInt32(truncatingIfNeeded: word).littleEndian, as: UInt32.self)
      out += 4
      word >>= 32
      bits &-= 32
    }
  }

  /// Writes the last bits, filled up to a byte.
  @inline(__always)
  mutating func finish() {
    UnsafeMutableRawPointer(out).storeBytes(of: UInt32(truncatingIfNeeded: word).littleEndian, as: UInt32.self)
    bytes.count = out - bytes.start + (bits + 7) / 8
  }
}
