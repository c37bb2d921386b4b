/// The least and the greatest of the texts of a page, as they come.
struct TextBounds {
  /// They lie in bytes that may move: by their offsets.
  private(set) var least: Range<Int>?
  private(set) var greatest: Range<Int> = 0..<0
  /// Their first eight bytes, the first one highest: most texts need no other look.
  private var leastStart: UInt64 = 0
  private var greatestStart: UInt64 = 0
  private let flip: UInt64

  /// Bytes in two's complement are ordered like others once their highest bit is turned.
  init(isSigned: Bool) { flip = isSigned ? 1 << 63 : 0 }

  /// Takes the text at `offset` of `bytes` in.
  @inline(__always)
  mutating func add(_ bytes: UnsafePointer<UInt8>, _ offset: Int, _ size: Int) {
    let start = Self.start(bytes + offset, size) ^ flip
    guard least == nil || start <= leastStart || start >= greatestStart else { return }
    settle(bytes, offset..<offset + size, start)
  }

  @inline(never)
  private mutating func settle(_ bytes: UnsafePointer<UInt8>, _ range: Range<Int>, _ start: UInt64) {
    guard let least else {
      (self.least, greatest) = (range, range)
      (leastStart, greatestStart) = (start, start)
      return
    }
    if start < leastStart || start == leastStart && Self.isLess(bytes, range, least) {
      (self.least, leastStart) = (range, start)
    }
    if start > greatestStart || start == greatestStart && Self.isLess(bytes, greatest, range) {
      (greatest, greatestStart) = (range, start)
    }
  }

  /// Whether one text, which begins as the other does, is less.
  private static func isLess(_ bytes: UnsafePointer<UInt8>, _ a: Range<Int>, _ b: Range<Int>) -> Bool {
    let (first, second) = (
      UnsafeBufferPointer(start: bytes + a.lowerBound, count: a.count),
      UnsafeBufferPointer(start: bytes + b.lowerBound, count: b.count)
    )
    return first.lexicographicallyPrecedes(second)
  }

  @inline(__always)
  private static func start(_ text: UnsafePointer<UInt8>, _ size: Int) -> UInt64 {
    if size >= 8 { return UInt64(bigEndian: UnsafeRawPointer(text).loadUnaligned(as: UInt64.self)) }
    var word: UInt64 = 0
    for index in 0..<size { word |= UInt64(text[index]) << UInt64(56 &- 8 &* index) }
    return word
  }
}
