import CLibCrypto

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
