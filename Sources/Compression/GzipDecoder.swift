internal import CISAL

/// A gzip stream read by ISA-L's `isal_inflate`, which checks the checksum and the size of each member.
final class GzipDecoder {
  private let state = UnsafeMutablePointer<inflate_state>.allocate(capacity: 1)
  /// Where one call of the library puts its bytes.
  private let room = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 18)
  /// Whether a member has begun and has not ended.
  private var isWithin = false
  private var members = 0

  init() {
    isal_inflate_init(state)
    state.pointee.crc_flag = UInt32(ISAL_GZIP)
  }

  deinit {
    state.deallocate()
    room.deallocate()
  }

  /// Decompresses `input`, of one member or of several one behind the other.
  func read(
    _ input: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void
  ) throws(CompressionError) {
    // The library's type lacks a const; it only reads.
    state.pointee.next_in = UnsafeMutableRawPointer(mutating: input.baseAddress)?.assumingMemoryBound(to: UInt8.self)
    state.pointee.avail_in = UInt32(input.count)
    var isFull = false
    while state.pointee.avail_in > 0 || isFull {
      if !isWithin { try begin() }
      state.pointee.next_out = room.baseAddress
      state.pointee.avail_out = UInt32(room.count)
      let status = isal_inflate(state)
      let count = room.count - Int(state.pointee.avail_out)
      if count > 0 { body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[..<count])) }
      guard status >= 0 else { throw Self.error(status) }
      isWithin = state.pointee.block_state != ISAL_BLOCK_FINISH
      // A room that was filled may not have held all that the library has.
      isFull = isWithin && state.pointee.avail_out == 0
    }
  }

  private func begin() throws(CompressionError) {
    if members > 0 {
      // The first byte of every member (RFC 1952): of fewer than a header's the library waits for more.
      guard state.pointee.next_in?.pointee == 0x1F else { throw .followed("isal_inflate") }
      isal_inflate_reset(state)
      state.pointee.crc_flag = UInt32(ISAL_GZIP)
    }
    members += 1
    isWithin = true
  }

  func finish() throws(CompressionError) {
    guard members > 0, !isWithin else {
      throw CompressionError(function: "isal_inflate", message: "the stream is cut off")
    }
  }

  private static func error(_ status: Int32) -> CompressionError {
    let message =
      switch status {
      case ISAL_INVALID_BLOCK: "invalid block"
      case ISAL_INVALID_SYMBOL: "invalid symbol"
      case ISAL_INVALID_LOOKBACK: "invalid distance"
      case ISAL_INVALID_WRAPPER, ISAL_UNSUPPORTED_METHOD: "no gzip header where one must be"
      case ISAL_INCORRECT_CHECKSUM: "the checksum or the size is another"
      default: "code \(status)"
      }
    return CompressionError(function: "isal_inflate", message: message)
  }
}
