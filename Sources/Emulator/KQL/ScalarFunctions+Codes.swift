import CLibCrypto

extension ScalarFunction {
  /// Encodings and hashes.
  static let codes: [ScalarFunction] = [
    ScalarFunction("base64_encode_tostring", [.string], .string) { .text(Base64.encode(Array($0.utf8(0)))) },
    ScalarFunction("base64_decode_tostring", [.string], .string) { call in
      guard let bytes = Base64.decode(call.text(0)), let text = String(validating: bytes, as: UTF8.self) else {
        return .text("")
      }
      return .text(text)
    },
    ScalarFunction("base64_decode_toarray", [.string], .dynamic) { call in
      guard let bytes = Base64.decode(call.text(0)) else { return .null }
      return KQLFunctions.json(.array(bytes.map { .number(String($0)) }))
    },
    ScalarFunction("url_encode", [.string], .string) {
      .text(percentEncoded($0.utf8(0), keeping: "-_.!*()", spaceAsPlus: true))
    },
    ScalarFunction("url_encode_component", [.string], .string) {
      .text(percentEncoded($0.utf8(0), keeping: "-_.~", spaceAsPlus: false))
    },
    ScalarFunction("url_decode", [.string], .string) {
      .text(PercentCoding.decode($0.text(0)[...], plusIsSpace: true))
    },
    ScalarFunction("hash_md5", [.string], .string) { .text(Hex.encode(Digest.md5(Array($0.utf8(0))))) },
    ScalarFunction("hash_sha1", [.string], .string) { .text(Hex.encode(sha1(Array($0.utf8(0))))) },
    ScalarFunction("hash_sha256", [.string], .string) { .text(Hex.encode(Digest.sha256(Array($0.utf8(0))))) },
    ScalarFunction("tohex", [.long, .long], required: 1, .string) { call in
      let digits = String(UInt64(bitPattern: call.long(0)), radix: 16)
      let width = call.count > 1 ? Int(clamping: min(max(call.long(1), 0), 16)) : 0
      return .text(String(repeating: "0", count: max(0, width - digits.count)) + digits)
    },
  ]

  private static func percentEncoded(
    _ bytes: UnsafeBufferPointer<UInt8>, keeping marks: String, spaceAsPlus: Bool
  ) -> String {
    var out: [UInt8] = []
    for byte in bytes {
      let isLetter = byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
      if isLetter || byte.isDigit || marks.utf8.contains(byte) {
        out.append(byte)
      } else if byte == 0x20, spaceAsPlus {
        out.append(UInt8(ascii: "+"))
      } else {
        out += "%\(Hex.encode([byte]).uppercased())".utf8
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// `EVP_Digest` with SHA-1; 20 bytes.
  private static func sha1(_ bytes: [UInt8]) -> [UInt8] {
    var out = [UInt8](repeating: 0, count: 20)
    var length: UInt32 = 20
    precondition(EVP_Digest(bytes, bytes.count, &out, &length, EVP_sha1(), nil) == 1, "libcrypto lacks SHA-1")
    return out
  }
}
