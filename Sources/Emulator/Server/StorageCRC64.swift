/// CRC-64 as Blob storage computes it for `x-ms-content-crc64`: the reflected
/// polynomial 0x9A6C9329AC4BC9B5, all ones at start and end (catalogued as
/// CRC-64/NVME), sent as eight little-endian bytes in base64.
enum StorageCRC64 {
  /// Eight tables of 256, so that a step takes eight bytes.
  private static let tables: [UInt64] = {
    var tables = [UInt64](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var crc = UInt64(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x9A6C_9329_AC4B_C9B5 : crc >> 1 }
      tables[byte] = crc
    }
    for slice in 1..<8 {
      for byte in 0..<256 {
        let before = tables[(slice - 1) * 256 + byte]
        tables[slice * 256 + byte] = before >> 8 ^ tables[Int(before & 0xff)]
      }
    }
    return tables
  }()

  /// The checksum as a number.
  static func checksum(_ bytes: [UInt8]) -> UInt64 {
    tables.withUnsafeBufferPointer { tables in
      bytes.withUnsafeBytes { data in
        var crc = UInt64.max
        var index = 0
        while index + 8 <= data.count {
          let word = crc ^ UInt64(littleEndian: data.loadUnaligned(fromByteOffset: index, as: UInt64.self))
          crc =
            tables[7 * 256 + Int(word & 0xff)] ^ tables[6 * 256 + Int(word >> 8 & 0xff)]
            ^ tables[5 * 256 + Int(word >> 16 & 0xff)] ^ tables[4 * 256 + Int(word >> 24 & 0xff)]
          crc ^=
            tables[3 * 256 + Int(word >> 32 & 0xff)] ^ tables[2 * 256 + Int(word >> 40 & 0xff)]
            ^ tables[1 * 256 + Int(word >> 48 & 0xff)] ^ tables[Int(word >> 56)]
          index += 8
        }
        while index < data.count {
          crc = crc >> 8 ^ tables[Int((crc ^ UInt64(data[index])) & 0xff)]
          index += 1
        }
        return ~crc
      }
    }
  }

  /// The checksum as the header holds it.
  static func header(_ bytes: [UInt8]) -> String {
    Base64.encode(withUnsafeBytes(of: checksum(bytes).littleEndian) { Array($0) })
  }
}
