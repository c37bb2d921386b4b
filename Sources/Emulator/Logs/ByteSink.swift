import Glibc

/// A growing buffer of bytes that values are written to, without a copy a value.
// Unchecked: it belongs to one body, whose lock guards it.
final class ByteSink: @unchecked Sendable {
  private var start: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private(set) var count = 0
  /// How many of the bytes were taken out.
  private var taken = 0

  /// Empty, with room for so many bytes.
  init(capacity: Int) {
    self.capacity = max(capacity, 64)
    start = .allocate(capacity: self.capacity)
  }

  deinit { start.deallocate() }

  /// Bytes that were not taken out yet.
  var left: Int { count - taken }

  /// The bytes that were not taken out yet, valid until the next change.
  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start + taken, count: left) }

  /// Forgets the bytes behind the first `count`.
  func truncate(to count: Int) { self.count = count }

  /// Moves bytes to `buffer` and returns how many.
  func take(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let size = min(left, buffer.count)
    guard size > 0, let target = buffer.baseAddress else { return 0 }
    memcpy(target, start + taken, size)
    taken += size
    if taken == count { (taken, count) = (0, 0) }
    return size
  }

  /// Room for `size` bytes more, of which `write` fills as many as it returns.
  @inline(__always)
  func append(atMost size: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Int) {
    if count + size > capacity { grow(size) }
    count += write(start + count)
  }

  /// One ASCII character.
  @inline(__always)
  func append(_ scalar: Unicode.Scalar) {
    append(atMost: 1) { target in
      target.pointee = UInt8(ascii: scalar)
      return 1
    }
  }

  /// Text as it is.
  func append(_ text: StaticString) {
    append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Text as it is.
  func append(_ text: String) {
    var text = text
    text.withUTF8 { append($0) }
  }

  /// Bytes as they are.
  func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let source = bytes.baseAddress else { return }
    append(atMost: bytes.count) { target in
      memcpy(target, source, bytes.count)
      return bytes.count
    }
  }

  private func grow(_ size: Int) {
    let larger = max(capacity * 2, count + size)
    let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    memcpy(moved, start, count)
    start.deallocate()
    (start, capacity) = (moved, larger)
  }
}
