import CISAL
import Synchronization

/// Compresses a body as it is pulled (ISA-L, `isal_deflate`, level 0).
final class GzipBody: ResponseBody {
  private struct State: ~Copyable {
    let stream: UnsafeMutablePointer<isal_zstream>
    let input: UnsafeMutableRawBufferPointer
    var isEnded = false

    init() {
      stream = .allocate(capacity: 1)
      input = .allocate(byteCount: 64 * 1024, alignment: 16)
      isal_deflate_init(stream)
      stream.pointee.gzip_flag = UInt16(IGZIP_GZIP)
    }

    deinit {
      stream.deallocate()
      input.deallocate()
    }
  }

  private let body: any ResponseBody
  private let state = Mutex(State())

  init(_ body: any ResponseBody) { self.body = body }

  func next(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    // The pointer enters the lock as a number: the stream must not keep it.
    let (address, size) = (UInt(bitPattern: buffer.baseAddress), buffer.count)
    return try state.withLock { state throws -> Int in
      guard !state.isEnded else { return 0 }
      let stream = state.stream
      stream.pointee.next_out = UnsafeMutablePointer(bitPattern: address)
      stream.pointee.avail_out = UInt32(size)
      defer { stream.pointee.next_out = nil }
      while stream.pointee.avail_out == UInt32(size) {
        if stream.pointee.avail_in == 0, stream.pointee.end_of_stream == 0 {
          let count = try body.next(into: state.input)
          stream.pointee.next_in = state.input.bindMemory(to: UInt8.self).baseAddress
          stream.pointee.avail_in = UInt32(count)
          if count == 0 { stream.pointee.end_of_stream = 1 }
        }
        guard isal_deflate(stream) == COMP_OK else { throw BrokenOff() }
        // With all input in, room left over means that the trailer is out.
        if stream.pointee.end_of_stream == 1, stream.pointee.avail_in == 0, stream.pointee.avail_out > 0 {
          state.isEnded = true
          break
        }
      }
      return size - Int(stream.pointee.avail_out)
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
