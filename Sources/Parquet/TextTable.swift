/// The distinct texts of a column, plain as a dictionary page has them, and found again by a hash.
struct TextTable {
  /// Each with its length before it, where the column's values have one.
  let bytes = PageBytes()
  private(set) var count = 0
  /// Where each begins, behind its length.
  private var offsets: UnsafeMutablePointer<UInt32>
  private var capacity = Self.least
  /// Of each slot the hash's high half, and the text's number from 1; 0 where it is free.
  private var slots: UnsafeMutableBufferPointer<UInt64>
  /// Bytes of a text where all have as many; else 0.
  private let fixed: Int

  /// Texts that there is room for at first.
  private static let least = 256

  init(fixed: Int) {
    self.fixed = fixed
    offsets = .allocate(capacity: Self.least)
    slots = .allocate(capacity: 4 * Self.least)
    slots.update(repeating: 0)
  }

  func deallocate() {
    offsets.deallocate()
    slots.deallocate()
  }

  /// Bytes that are held.
  var size: Int { bytes.count + 4 * capacity + 8 * slots.count }

  subscript(index: Int) -> UnsafeBufferPointer<UInt8> {
    @inline(__always) get {
      let start = bytes.start + Int(offsets[index])
      return UnsafeBufferPointer(start: start, count: length(start))
    }
  }

  @inline(__always)
  private func length(_ start: UnsafePointer<UInt8>) -> Int {
    fixed > 0
      ? fixed : Int(UInt32(littleEndian: UnsafeRawPointer(start - 4).loadUnaligned(as: UInt32.self)))
  }

  /// Whether the text of that number is this one.
  @inline(__always)
  func holds(_ text: UnsafePointer<UInt8>, _ size: Int, at index: Int) -> Bool {
    let start = bytes.start + Int(offsets[index])
    return length(start) == size && TextHash.equals(start, text, size)
  }

  /// The number of a text, from 0; a new one is added.
  @inline(__always)
  mutating func index(of text: UnsafePointer<UInt8>, _ size: Int) -> Int {
    let hash = TextHash.hash(text, size)
    let mask = slots.count &- 1
    var slot = Int(truncatingIfNeeded: hash >> 32) & mask
    while true {
      let found = slots[slot]
      if found == 0 { return add(text, size, hash, slot) }
      if (found ^ hash) >> 32 == 0 {
        let index = Int(found & 0xFFFF_FFFF) &- 1
        if holds(text, size, at: index) { return index }
      }
      slot = (slot &+ 1) & mask
    }
  }

  @inline(never)
  private mutating func add(_ text: UnsafePointer<UInt8>, _ size: Int, _ hash: UInt64, _ slot: Int) -> Int {
    if fixed == 0 { bytes.append(little: UInt32(size)) }
    if count == capacity { grow() }
    offsets[count] = UInt32(bytes.count)
    bytes.append(UnsafeBufferPointer(start: text, count: size))
    count += 1
    slots[slot] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(count)
    if 2 * count > slots.count { rehash() }
    return count - 1
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<UInt32>.allocate(capacity: 2 * capacity)
    larger.update(from: offsets, count: count)
    offsets.deallocate()
    offsets = larger
    capacity *= 2
  }

  private mutating func rehash() {
    let larger = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: 4 * slots.count)
    larger.update(repeating: 0)
    for found in slots where found != 0 {
      var slot = Int(found >> 32) & (larger.count - 1)
      while larger[slot] != 0 { slot = (slot + 1) & (larger.count - 1) }
      larger[slot] = found
    }
    slots.deallocate()
    slots = larger
  }

  /// Forgets all texts and gives their room back: what is held counts against the next row group.
  mutating func removeAll() {
    guard count > 0 else { return }
    bytes.release()
    deallocate()
    count = 0
    capacity = Self.least
    offsets = .allocate(capacity: capacity)
    slots = .allocate(capacity: 4 * capacity)
    slots.update(repeating: 0)
  }
}

/// Hashes and compares short texts.
enum TextHash {
  /// A product of 128 bits for each 16 bytes, folded: as wyhash has it. https://github.com/wangyi-fudan/wyhash
  @inline(__always)
  static func hash(_ text: UnsafePointer<UInt8>, _ size: Int) -> UInt64 {
    var seed = UInt64(truncatingIfNeeded: size) ^ 0xA076_1D64_78BD_642F
    var rest = size
    var place = text
    while rest > 16 {
      seed = fold(word(place) ^ 0xE703_7ED1_A0B4_28DB, word(place + 8) ^ seed)
      place += 16
      rest &-= 16
    }
    let (low, high): (UInt64, UInt64)
    if rest >= 8 {
      (low, high) = (word(place), word(place + (rest &- 8)))
    } else if rest >= 4 {
      (low, high) = (half(place), half(place + (rest &- 4)))
    } else if rest > 0 {
      low = UInt64(place[0]) << 16 | UInt64(place[rest >> 1]) << 8 | UInt64(place[rest &- 1])
      high = 0
    } else {
      (low, high) = (0, 0)
    }
    return fold(low ^ 0x8EBC_6AF0_9C88_C6E3, high ^ seed)
  }

  @inline(__always)
  static func equals(_ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ size: Int) -> Bool {
    guard size >= 8 else {
      var different: UInt8 = 0
      for index in 0..<size { different |= a[index] ^ b[index] }
      return different == 0
    }
    var index = 0
    while index &+ 8 <= size {
      if word(a + index) != word(b + index) { return false }
      index &+= 8
    }
    return word(a + (size &- 8)) == word(b + (size &- 8))
  }

  @inline(__always)
  private static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }

  @inline(__always)
  private static func word(_ start: UnsafePointer<UInt8>) -> UInt64 {
    UnsafeRawPointer(start).loadUnaligned(as: UInt64.self)
  }

  @inline(__always)
  private static func half(_ start: UnsafePointer<UInt8>) -> UInt64 {
    UInt64(UnsafeRawPointer(start).loadUnaligned(as: UInt32.self))
  }
}
