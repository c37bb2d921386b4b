/// The least and the greatest value of a page or a column chunk, as its statistics have them.
struct Bounds: Sendable, Equatable {
  var least: [UInt8]
  var greatest: [UInt8]
  /// Whether they are values, and not shorter texts that lie before or behind them.
  var leastIsExact = true
  var greatestIsExact = true

  /// Longer texts are cut: a reader only wants to know what it may skip.
  private static let limit = 64

  /// Of numbers that are encoded already.
  init(least: [UInt8], greatest: [UInt8]) {
    self.least = least
    self.greatest = greatest
  }

  /// Of texts, cut where they are long; nil where nothing short lies behind the greatest.
  init?(texts least: UnsafeBufferPointer<UInt8>, _ greatest: UnsafeBufferPointer<UInt8>, mayCut: Bool) {
    guard mayCut else {
      self.init(least: Array(least), greatest: Array(greatest))
      return
    }
    self.init(least: Array(least.prefix(Self.cut(least))), greatest: Array(greatest.prefix(Self.cut(greatest))))
    leastIsExact = self.least.count == least.count
    greatestIsExact = self.greatest.count == greatest.count
    if !greatestIsExact {
      guard let next = Self.successor(self.greatest) else { return nil }
      self.greatest = next
    }
  }

  /// Where a text is cut, between two characters.
  private static func cut(_ text: UnsafeBufferPointer<UInt8>) -> Int {
    guard text.count > limit else { return text.count }
    var count = limit
    while count > 0, text[count] & 0xC0 == 0x80 { count -= 1 }
    return count
  }

  /// A text behind all that begin with this one: with a later character in place of its last that has one.
  private static func successor(_ text: [UInt8]) -> [UInt8]? {
    var scalars = Array(String(decoding: text, as: UTF8.self).unicodeScalars)
    while let last = scalars.popLast() {
      // The surrogates are no characters.
      let next = last.value == 0xD7FF ? 0xE000 : last.value + 1
      guard let scalar = Unicode.Scalar(next) else { continue }
      scalars.append(scalar)
      var result = String.UnicodeScalarView()
      result.append(contentsOf: scalars)
      return Array(String(result).utf8)
    }
    return nil
  }
}
