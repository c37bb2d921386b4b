import CISAL
import Synchronization

/// Compresses a body as it is pulled (ISA-L, `isal_deflate`, level 0).
final class GzipBody: ResponseBody {
  /// The stream with buffers of its own: ISA-L writes a trailer only where
  /// eight bytes are free, and the reader's buffer may be smaller.
  private struct State: ~Copyable {
    let stream: UnsafeMutablePointer<isal_zstream>
    let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)
    let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)
    /// What of `output` is still to be read.
    var ready = 0..<0

    init() {
      stream = .allocate(capacity: 1)
      isal_deflate_init(stream)
      // The initialiser leaves the input alone.
      stream.pointee.next_in = nil
      stream.pointee.avail_in = 0
      stream.pointee.gzip_flag = UInt16(IGZIP_GZIP)
    }

    deinit {
      stream.deallocate()
      input.deallocate()
      output.deallocate()
    }

    /// Fills `output` anew; it stays empty at the end.
    mutating func refill(from body: any ResponseBody) throws {
      stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = UInt32(output.count)
      while stream.pointee.avail_out == UInt32(output.count), stream.pointee.internal_state.state != ZSTATE_END {
        if stream.pointee.avail_in == 0, stream.pointee.end_of_stream == 0 {
          let count = try body.next(into: input)
          stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
          stream.pointee.avail_in = UInt32(count)
          if count == 0 { stream.pointee.end_of_stream = 1 }
        }
        guard isal_deflate(stream) == COMP_OK else { throw BrokenOff() }
      }
      ready = 0..<output.count - Int(stream.pointee.avail_out)
    }
  }

  private let body: any ResponseBody
  private let state = Mutex(State())

  /// Compresses `body` from its current place.
  init(_ body: any ResponseBody) { self.body = body }

  /// The next compressed bytes.
  func next(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    // The address enters the lock as a number: to the compiler, copying from
    // one raw pointer to the other would tie the reader's buffer to the state.
    let (address, capacity) = (UInt(bitPattern: buffer.baseAddress), buffer.count)
    return try state.withLock { state throws -> Int in
      if state.ready.isEmpty { try state.refill(from: body) }
      let piece = state.ready.prefix(capacity)
      UnsafeMutableRawBufferPointer(start: UnsafeMutableRawPointer(bitPattern: address), count: capacity).copyMemory(
        from: UnsafeRawBufferPointer(rebasing: state.output[piece]))
      state.ready = piece.upperBound..<state.ready.upperBound
      return piece.count
    }
  }
}

/// Decompression of request bodies.
enum Gzip {
  /// The bytes of one gzip member (`isal_inflate`), nil where they are damaged
  /// or longer than `limit`.
  static func inflate(_ bytes: [UInt8], limit: Int) -> [UInt8]? {
    let state = UnsafeMutablePointer<inflate_state>.allocate(capacity: 1)
    defer { state.deallocate() }
    isal_inflate_init(state)
    state.pointee.crc_flag = UInt32(ISAL_GZIP)
    var bytes = bytes
    var out: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 256 * 1024)
    return bytes.withUnsafeMutableBufferPointer { input in
      state.pointee.next_in = input.baseAddress
      state.pointee.avail_in = UInt32(input.count)
      while true {
        let size = piece.count
        let produced: Int? = piece.withUnsafeMutableBufferPointer { piece in
          state.pointee.next_out = piece.baseAddress
          state.pointee.avail_out = UInt32(size)
          guard isal_inflate(state) == ISAL_DECOMP_OK else { return nil }
          return size - Int(state.pointee.avail_out)
        }
        guard let produced, out.count + produced <= limit else { return nil }
        out += piece[..<produced]
        if state.pointee.block_state == ISAL_BLOCK_FINISH { return out }
        if produced == 0, state.pointee.avail_in == 0 { return nil }
      }
    }
  }
}
