/// Fields of CSV by RFC 4180: quotes where it asks for them, and where readers would trim.
enum CSVField {
  /// Writes the text of the JSON string at `index`, its opening quote.
  @inline(never)
  static func write(
    string bytes: Bytes, at index: Int, to end: Int, into out: Out
  ) throws(ScanError) -> (next: Int, out: Out) {
    let text = try Unescape.decode(bytes, from: index + 1, to: end, into: out, asField: true)
    let count = text.out - out
    guard count == 0 || text.needsQuotes || text.hasBreaks || out[0] == 0x20 || out[count - 1] == 0x20 else {
      return (text.quote + 1, text.out)
    }
    (out + 1).update(from: out, count: count)
    out[0] = 0x22
    out[count + 1] = 0x22
    return (text.quote + 1, out + count + 2)
  }

  /// Writes JSON text of a container, as it stands.
  @inline(never)
  static func write(json bytes: Bytes, _ range: Range<Int>, into out: Out) -> Out {
    let field = text(
      String(decoding: UnsafeBufferPointer(start: bytes + range.lowerBound, count: range.count), as: UTF8.self))
    for (index, byte) in field.enumerated() { out[index] = byte }
    return out + field.count
  }

  /// The field of a text that is short or rare.
  static func text(_ text: String) -> [UInt8] {
    let text = Array(text.utf8)
    let mustQuote =
      text.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D } || text.first == 0x20 || text.last == 0x20
    return mustQuote ? [0x22] + text.flatMap { $0 == 0x22 ? [$0, $0] : [$0] } + [0x22] : text
  }
}
