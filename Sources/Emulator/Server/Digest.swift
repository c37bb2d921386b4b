import CLibCrypto
import Synchronization

/// Hashes and signatures (libcrypto) and the checksum of Blob storage.
enum Digest {
  /// `EVP_Digest` with MD5; 16 bytes.
  static func md5(_ bytes: [UInt8]) -> [UInt8] { digest(bytes, EVP_md5(), 16) }

  /// `EVP_Digest` with SHA-256; 32 bytes.
  static func sha256(_ bytes: [UInt8]) -> [UInt8] { digest(bytes, EVP_sha256(), 32) }

  /// HMAC-SHA256 (`HMAC`); 32 bytes.
  static func hmac(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
    var out = [UInt8](repeating: 0, count: 32)
    var length: UInt32 = 32
    _ = HMAC(EVP_sha256(), key, Int32(key.count), bytes, bytes.count, &out, &length)
    return out
  }

  /// Random bytes (`RAND_bytes`).
  static func random(_ count: Int) -> [UInt8] {
    var out = [UInt8](repeating: 0, count: count)
    precondition(RAND_bytes(&out, Int32(count)) == 1, "the system has no randomness")
    return out
  }

  /// A random GUID, version 4, lower case.
  static func guid() -> String {
    var bytes = random(16)
    bytes[6] = bytes[6] & 0x0f | 0x40
    bytes[8] = bytes[8] & 0x3f | 0x80
    let text = Array(Hex.encode(bytes))
    return [text[0..<8], text[8..<12], text[12..<16], text[16..<20], text[20..<32]]
      .map { String($0) }.joined(separator: "-")
  }

  private static func digest(_ bytes: [UInt8], _ algorithm: OpaquePointer?, _ size: Int) -> [UInt8] {
    var out = [UInt8](repeating: 0, count: size)
    var length = UInt32(size)
    precondition(EVP_Digest(bytes, bytes.count, &out, &length, algorithm, nil) == 1, "libcrypto lacks a digest")
    return out
  }
}

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
