/// SplitMix64 of Steele, Lea and Flood: small, seedable, equal everywhere.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  /// The same seed gives the same numbers.
  init(_ seed: UInt64) { state = seed }

  /// The next 64 bits.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mix(state)
  }

  /// Spreads a number over all 64 bits; distinct numbers stay distinct.
  static func mix(_ value: UInt64) -> UInt64 {
    var value = value
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}
