/// Bytes outside of any array, so that a row is written without asking for room at each value.
///
/// Behind `count` lie at least `slack` bytes of its own: whoever writes or reads in blocks may
/// run over the end by that much.
///
/// Unchecked because it has one owner at a time: `RowEncoder.takeOutput` hands it from the task
/// that encodes to the one that goes on with the bytes, and gets it back by its next call.
package final class ByteBuffer: @unchecked Sendable {
  /// Two prefix blocks of 16 bytes, and one block more.
  static let slack = 64
  /// What a buffer keeps for the next use; the room of an uncommonly large row is given back.
  private static let kept = 1 << 20

  private(set) var bytes: UnsafeMutablePointer<UInt8>
  private(set) var capacity: Int
  var count = 0

  init(capacity: Int = 1 << 16) {
    self.capacity = capacity
    bytes = .allocate(capacity: capacity + Self.slack)
  }

  deinit { bytes.deallocate() }

  /// Calls `body` with the bytes, which are valid for as long.
  package func withBytes<R, E>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
    try body(UnsafeRawBufferPointer(start: bytes, count: count))
  }

  /// Makes room for `size` more bytes.
  func reserve(_ size: Int) {
    guard capacity - count < size else { return }
    resize(max(count + size, capacity * 2))
  }

  /// Appends a zero behind the last byte and all the slack, which ends any run that a scan follows.
  func terminate() { (bytes + count).update(repeating: 0, count: Self.slack) }

  /// Appends bytes.
  package func append(_ more: UnsafeBufferPointer<UInt8>) {
    guard let start = more.baseAddress else { return }
    reserve(more.count)
    (bytes + count).update(from: start, count: more.count)
    count += more.count
  }

  func append(_ text: StaticString) {
    append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Drops the first `size` bytes.
  func removeFirst(_ size: Int) {
    count -= size
    if size > 0 { bytes.update(from: bytes + size, count: count) }
    if capacity > Self.kept, count < Self.kept / 2 { resize(Self.kept) }
  }

  func removeAll() { removeFirst(count) }

  private func resize(_ size: Int) {
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: size + Self.slack)
    larger.update(from: bytes, count: count)
    bytes.deallocate()
    bytes = larger
    capacity = size
  }
}
