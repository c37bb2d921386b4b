internal import CISAL

/// A gzip stream by ISA-L's `isal_deflate`, level 1.
///
/// The header has no name and no time, so that equal rows give equal bytes.
final class GzipEncoder {
  private let stream = UnsafeMutablePointer<isal_zstream>.allocate(capacity: 1)
  private let levelBuffer: UnsafeMutablePointer<UInt8>
  /// Compressed bytes of one call.
  private static let chunk = 1 << 16

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
  }

  func write(_ input: [UInt8], last: Bool, into output: inout [UInt8]) throws(CompressionError) {
    var status = Int32(COMP_OK)
    var input = input
    input.withUnsafeMutableBufferPointer { buffer in
      stream.pointee.next_in = buffer.baseAddress
      stream.pointee.avail_in = UInt32(buffer.count)
      stream.pointee.end_of_stream = last ? 1 : 0
      repeat {
        let before = output.count
        output.append(contentsOf: repeatElement(0, count: Self.chunk))
        var room = 0
        output.withUnsafeMutableBufferPointer { out in
          stream.pointee.next_out = out.baseAddress.map { $0 + before }
          stream.pointee.avail_out = UInt32(Self.chunk)
          status = isal_deflate(stream)
          room = Int(stream.pointee.avail_out)
        }
        output.removeLast(room)
        if status != COMP_OK || room > 0 && stream.pointee.avail_in == 0 { break }
      } while true
    }
    guard status == COMP_OK else { throw CompressionError(function: "isal_deflate", message: "code \(status)") }
  }
}
