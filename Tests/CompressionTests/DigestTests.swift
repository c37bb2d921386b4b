import Compression
import Testing

@Suite struct DigestTests {
  // The vectors of RFC 1321 and of FIPS 180-4.
  @Test(arguments: [
    ("", "d41d8cd98f00b204e9800998ecf8427e", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "900150983cd24fb0d6963f7d28e17f72", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "8215ef0796a20bcaaae116d3876c664a",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func `hashes are those of the standards`(text: String, md5: String, sha256: String) {
    for (algorithm, expected) in [(Digest.Algorithm.md5, md5), (.sha256, sha256)] {
      for size in [1, 3, 1000] {
        let digest = Digest(algorithm)
        var rest = Array(text.utf8)[...]
        repeat {
          rest.prefix(size).withUnsafeBytes { digest?.update($0) }
          rest = rest.dropFirst(size)
        } while !rest.isEmpty
        #expect(digest.map { hexadecimal($0.finish()) } == expected)
      }
    }
    #expect(Digest.sha256(text) == sha256)
  }

  // RFC 4648, section 10, and all six bits of each digit.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ])
  func `base64 is that of RFC 4648`(text: String, expected: String) {
    #expect(Base64.encode(Array(text.utf8)) == expected)
  }

  @Test func `base64 and hexadecimal know every byte`() {
    let bytes = Array(UInt8.min...UInt8.max)
    #expect(Base64.encode([0xFB, 0xFF, 0xBF]) == "+/+/")
    #expect(
      Base64.encode(bytes).hasPrefix("AAECAwQFBgcICQoLDA0ODxAR") && Base64.encode(bytes).hasSuffix("+fr7/P3+/w=="))
    #expect(hexadecimal(bytes) == bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    #expect(hexadecimal([]) == "")
  }
}
