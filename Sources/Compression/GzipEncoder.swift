internal import CISAL

/// A gzip stream by ISA-L's `isal_deflate`, level 1.
///
/// The header has no name and no time, so that equal input in equal chunks gives equal
/// bytes. In other chunks the stream may differ: where ISA-L ends a block depends on them.
final class GzipEncoder {
  private let stream = UnsafeMutablePointer<isal_zstream>.allocate(capacity: 1)
  private let levelBuffer: UnsafeMutablePointer<UInt8>
  /// Where one call of the library puts its bytes.
  private let room = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 16)

  init() throws(CompressionError) {
    // ISAL_DEF_LVL1_DEFAULT, the size that igzip_lib.h recommends, is a macro of macros.
    let levelBufferSize = isal_level1_buffer_size()
    levelBuffer = .allocate(capacity: Int(levelBufferSize))
    isal_deflate_init(stream)
    stream.pointee.level = 1
    stream.pointee.level_buf = levelBuffer
    stream.pointee.level_buf_size = levelBufferSize
    stream.pointee.gzip_flag = UInt16(IGZIP_GZIP)
    stream.pointee.flush = UInt16(NO_FLUSH)
  }

  deinit {
    stream.deallocate()
    levelBuffer.deallocate()
    room.deallocate()
  }

  /// Compresses `input`; `last` ends the stream.
  func write(_ input: UnsafeRawBufferPointer, last: Bool, into output: inout [UInt8]) throws(CompressionError) {
    // The library's type lacks a const; it only reads.
    stream.pointee.next_in = UnsafeMutableRawPointer(mutating: input.baseAddress)?
      .assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_in = UInt32(input.count)
    stream.pointee.end_of_stream = last ? 1 : 0
    var status = Int32(COMP_OK)
    repeat {
      stream.pointee.next_out = room.baseAddress
      stream.pointee.avail_out = UInt32(room.count)
      status = isal_deflate(stream)
      output.append(contentsOf: room.dropLast(Int(stream.pointee.avail_out)))
      // Room that is left says that nothing more is to come.
    } while status == COMP_OK && (stream.pointee.avail_out == 0 || stream.pointee.avail_in > 0)
    guard status == COMP_OK else { throw CompressionError(function: "isal_deflate", message: "code \(status)") }
  }
}
