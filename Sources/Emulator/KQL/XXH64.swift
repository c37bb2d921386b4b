/// The 64-bit xxHash of Yann Collet, seed 0 (xxHash fast digest algorithm, "XXH64").
enum XXH64 {
  private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
  private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
  private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
  private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

  /// The hash of bytes.
  static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    let raw = UnsafeRawBufferPointer(bytes)
    var index = 0
    var hash: UInt64
    if raw.count >= 32 {
      var lanes = (prime1 &+ prime2, prime2, UInt64(0), 0 &- prime1)
      while index + 32 <= raw.count {
        lanes.0 = round(lanes.0, word(raw, index))
        lanes.1 = round(lanes.1, word(raw, index + 8))
        lanes.2 = round(lanes.2, word(raw, index + 16))
        lanes.3 = round(lanes.3, word(raw, index + 24))
        index += 32
      }
      hash = rotated(lanes.0, 1) &+ rotated(lanes.1, 7) &+ rotated(lanes.2, 12) &+ rotated(lanes.3, 18)
      for lane in [lanes.0, lanes.1, lanes.2, lanes.3] { hash = (hash ^ round(0, lane)) &* prime1 &+ prime4 }
    } else {
      hash = prime5
    }
    hash &+= UInt64(raw.count)
    return avalanche(tail(hash, raw, index))
  }

  private static func tail(_ start: UInt64, _ raw: UnsafeRawBufferPointer, _ from: Int) -> UInt64 {
    var (hash, index) = (start, from)
    while index + 8 <= raw.count {
      hash = rotated(hash ^ round(0, word(raw, index)), 27) &* prime1 &+ prime4
      index += 8
    }
    if index + 4 <= raw.count {
      let half = UInt64(UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt32.self)))
      hash = rotated(hash ^ (half &* prime1), 23) &* prime2 &+ prime3
      index += 4
    }
    while index < raw.count {
      hash = rotated(hash ^ (UInt64(raw[index]) &* prime5), 11) &* prime1
      index += 1
    }
    return hash
  }

  private static func avalanche(_ value: UInt64) -> UInt64 {
    var hash = value
    hash = (hash ^ hash >> 33) &* prime2
    hash = (hash ^ hash >> 29) &* prime3
    return hash ^ hash >> 32
  }

  private static func word(_ raw: UnsafeRawBufferPointer, _ index: Int) -> UInt64 {
    UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
  }

  private static func round(_ lane: UInt64, _ input: UInt64) -> UInt64 {
    rotated(lane &+ input &* prime2, 31) &* prime1
  }

  private static func rotated(_ value: UInt64, _ bits: UInt64) -> UInt64 { value << bits | value >> (64 - bits) }
}
