/// Half a pair of surrogates that JSON text escapes, such as `\ud83e` without a `\udeb5` behind it.
///
/// The grammar of RFC 8259 has them, but no UTF-8 has what they stand for: some readers refuse a whole file for one.
enum HalfSurrogate {
  /// The index of the first one from `start` on in well-formed JSON text, behind which a block can be read; nil where
  /// there is none.
  static func first(_ text: Bytes, from start: Int, to end: Int) -> Int? {
    var index = start
    while true {
      let plain = Block(text + index).unescaped
      index &+= plain
      guard index < end else { return nil }
      if plain == Block.size { continue }
      guard text[index &+ 1] == 0x75 else {
        index &+= 2
        continue
      }
      let unit = StringScan.unit(text, at: index)
      if unit & 0xF800 != 0xD800 {
        index &+= 6
      } else if unit & 0x0400 == 0, text[index + 6] == 0x5C, text[index + 7] == 0x75,
        StringScan.unit(text, at: index + 6) & 0xFC00 == 0xDC00
      {
        index &+= 12
      } else {
        return index
      }
    }
  }

  /// Makes each of them `\ufffd`, the first of which stands at `start`.
  static func replace(in text: Out, from start: Int, to end: Int) {
    var next: Int? = start
    while let index = next {
      for digit in index + 2..<index + 5 { text[digit] = 0x66 }
      text[index + 5] = 0x64
      next = first(text, from: index + 6, to: end)
    }
  }
}
