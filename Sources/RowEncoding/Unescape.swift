/// Decodes JSON strings, as the text of a `dynamic` and the fields of CSV need it.
enum Unescape {
  /// A decoded text.
  struct Text {
    /// The index of the string's closing quote.
    var quote: Int
    /// Where the text ends.
    var out: Out
    /// Whether half a surrogate, which has no UTF-8, became U+FFFD.
    var isReplaced = false
    /// Whether a line ends within.
    var hasBreaks = false
    /// For a field: whether a comma or a quote stands within. Quotes are doubled already.
    var needsQuotes = false
  }

  /// Decodes the string whose inside starts at `start`.
  ///
  /// The text is never longer than the string; that of a field neither, but for a quote before and
  /// behind it, since what is doubled was escaped.
  @inline(__always)
  static func decode(
    _ bytes: Bytes, from start: Int, to end: Int, into out: Out, asField: Bool
  ) throws(ScanError) -> Text {
    var text = Text(quote: start, out: out)
    while true {
      let block = Block(bytes + text.quote)
      block.store(to: text.out)
      let plain = asField ? block.plainField : block.plain
      text.quote &+= plain
      text.out += plain
      if plain == Block.size { continue }
      switch bytes[text.quote] {
      case 0x22: return text
      case 0x5C: try escape(bytes, &text, to: end, asField: asField)
      case 0x2C where asField:
        text.needsQuotes = true
        text.out[0] = 0x2C
        text.quote += 1
        text.out += 1
      default:
        let next = try StringScan.special(bytes, at: text.quote, to: end)
        Block.copy(bytes + text.quote, next - text.quote, to: text.out)
        text.out += next - text.quote
        text.quote = next
      }
    }
  }

  /// Quotes come first: the service writes those of a `dynamic` as `\u0022` or as `\"`, and there are
  /// more of them than of anything else.
  @inline(__always)
  private static func escape(
    _ bytes: Bytes, _ text: inout Text, to end: Int, asField: Bool
  ) throws(ScanError) {
    let kind = bytes[text.quote &+ 1]
    let isLong = kind == 0x75
    let isLongQuote = isLong && word(bytes + text.quote + 2) == 0x3232_3030
    if kind == 0x22 || isLongQuote {
      text.quote &+= isLongQuote ? 6 : 2
      text.out[0] = 0x22
      text.out += 1
      guard asField else { return }
      text.out[0] = 0x22
      text.out += 1
      text.needsQuotes = true
    } else if isLong {
      try scalar(bytes, &text, to: end)
    } else {
      let behind = try StringScan.special(bytes, at: text.quote, to: end)
      text.out[0] = character(kind)
      text.out += 1
      text.quote = behind
      if kind == 0x6E || kind == 0x72 { text.hasBreaks = true }
    }
  }

  @inline(__always)
  private static func word(_ start: Bytes) -> UInt32 {
    UInt32(littleEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt32.self))
  }

  private static func character(_ escape: UInt8) -> UInt8 {
    switch escape {
    case 0x62: 0x08
    case 0x66: 0x0C
    case 0x6E: 0x0A
    case 0x72: 0x0D
    case 0x74: 0x09
    default: escape
    }
  }

  /// A `\u` escape, and the second one of a pair of surrogates.
  @inline(never)
  private static func scalar(_ bytes: Bytes, _ text: inout Text, to end: Int) throws(ScanError) {
    let index = text.quote
    text.quote = try StringScan.special(bytes, at: index, to: end)
    let high = StringScan.unit(bytes, at: index)
    var value = UInt32(high)
    if high & 0xF800 == 0xD800 {
      let isPair = high & 0x0400 == 0 && bytes[index + 6] == 0x5C && bytes[index + 7] == 0x75
      let behind = isPair ? try StringScan.special(bytes, at: index + 6, to: end) : index + 6
      let low = isPair ? StringScan.unit(bytes, at: index + 6) : 0
      if low & 0xFC00 == 0xDC00 {
        value = 0x10000 + (UInt32(high & 0x3FF) << 10 | UInt32(low & 0x3FF))
        text.quote = behind
      } else {
        value = 0xFFFD
        text.isReplaced = true
      }
    }
    if value == 0x2C { text.needsQuotes = true }
    if value == 0x0A || value == 0x0D { text.hasBreaks = true }
    append(value, to: &text.out)
  }

  /// UTF-8 of one scalar.
  private static func append(_ value: UInt32, to out: inout Out) {
    func put(_ byte: UInt32) {
      out[0] = UInt8(truncatingIfNeeded: byte)
      out += 1
    }
    switch value {
    case ..<0x80: put(value)
    case ..<0x800: put(0xC0 | value >> 6)
    case ..<0x10000:
      put(0xE0 | value >> 12)
      put(0x80 | value >> 6 & 0x3F)
    default:
      put(0xF0 | value >> 18)
      put(0x80 | value >> 12 & 0x3F)
      put(0x80 | value >> 6 & 0x3F)
    }
    if value >= 0x80 { put(0x80 | value & 0x3F) }
  }
}
