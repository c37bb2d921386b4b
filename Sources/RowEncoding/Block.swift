/// The bytes of a buffer that is being scanned. Zeros follow its end (`ByteBuffer.terminate`), so
/// that a scan may read a block beyond it, and any run ends there.
typealias Bytes = UnsafePointer<UInt8>
/// Where the next byte is written, with a block's room behind what will be.
typealias Out = UnsafeMutablePointer<UInt8>

/// Sixteen bytes at a time: what is scanned is copied by the same load.
///
/// The comparisons are those that every x86-64 and every AArch64 has. A comparison fills each byte
/// that it finds with ones; the first of them is found in two words, since Swift offers no way
/// to the processor's own mask of sixteen bits.
struct Block {
  static let size = 16
  private let bytes: SIMD16<Int8>

  @inline(__always)
  init(_ start: Bytes) { bytes = UnsafeRawPointer(start).loadUnaligned(as: SIMD16<Int8>.self) }

  @inline(__always)
  func store(to out: Out) { UnsafeMutableRawPointer(out).storeBytes(of: bytes, as: SIMD16<Int8>.self) }

  /// How many bytes stand before the first one that ends a run of plain characters within a
  /// string: a quote, a backslash, a control character or one beyond ASCII. `size` where none does.
  @inline(__always)
  var plain: Int { Self.first(stops) }

  /// As `plain`, and a comma ends a run too.
  @inline(__always)
  var plainField: Int { Self.first(stops .| (bytes .== Self.comma)) }

  /// How many bytes stand before the first backslash; `size` where there is none.
  @inline(__always)
  var unescaped: Int { Self.first(bytes .== Self.backslash) }

  /// As signed bytes, those beyond ASCII are less than a space like the control characters.
  ///
  /// The operands are vectors both, since a comparison with a scalar goes byte by byte.
  @inline(__always)
  private var stops: SIMDMask<SIMD16<Int8>> {
    (bytes .== Self.quote) .| (bytes .== Self.backslash) .| (bytes .< Self.space)
  }

  @inline(__always)
  private static var quote: SIMD16<Int8> { SIMD16(repeating: 0x22) }
  @inline(__always)
  private static var backslash: SIMD16<Int8> { SIMD16(repeating: 0x5C) }
  @inline(__always)
  private static var space: SIMD16<Int8> { SIMD16(repeating: 0x20) }
  @inline(__always)
  private static var comma: SIMD16<Int8> { SIMD16(repeating: 0x2C) }

  @inline(__always)
  private static func first(_ found: SIMDMask<SIMD16<Int8>>) -> Int {
    let words = unsafeBitCast(found, to: SIMD2<UInt64>.self)
    if words.x | words.y == 0 { return size }
    let (low, high) = (UInt64(littleEndian: words.x), UInt64(littleEndian: words.y))
    return low != 0 ? low.trailingZeroBitCount >> 3 : 8 &+ high.trailingZeroBitCount >> 3
  }

  /// Ends what was written with a block of zeros, so that it can be scanned.
  @inline(__always)
  static func zero(_ out: Out) { UnsafeMutableRawPointer(out).storeBytes(of: .zero, as: SIMD16<Int8>.self) }

  /// Copies `count` bytes in whole blocks, a block at least.
  @inline(__always)
  static func copy(_ start: Bytes, _ count: Int, to out: Out) {
    var offset = 0
    repeat {
      Block(start + offset).store(to: out + offset)
      offset &+= size
    } while offset < count
  }
}
