/// Scans whole JSON values without building them.
enum ValueScan {
  /// Deeper nesting than this is taken as text; RFC 8259 lets a parser set a limit.
  static let depthLimit = 512

  /// The index of the next byte that is no JSON white space, or `end`.
  @inline(__always)
  static func skipSpace(_ bytes: Bytes, from start: Int, to end: Int) -> Int {
    var index = start
    while index < end, bytes[index] == 0x20 || bytes[index] == 0x0A || bytes[index] == 0x0D || bytes[index] == 0x09 {
      index += 1
    }
    return index
  }

  /// The index behind the value that starts at `start`.
  static func end(_ bytes: Bytes, from start: Int, to end: Int) throws(ScanError) -> Int {
    /// Open containers: true for an object.
    var open: [Bool] = []
    var index = start
    var wantsKey = false
    while true {
      index = skipSpace(bytes, from: index, to: end)
      guard index < end else { throw .needMore }
      if wantsKey {
        guard bytes[index] == 0x22 else { throw .invalid("a member without a name", at: index) }
        index = try StringScan.end(bytes, from: index + 1, to: end).quote + 1
        index = skipSpace(bytes, from: index, to: end)
        guard index < end else { throw .needMore }
        guard bytes[index] == 0x3A else { throw .invalid("a name without a colon", at: index) }
        index = skipSpace(bytes, from: index + 1, to: end)
        guard index < end else { throw .needMore }
      }
      let byte = bytes[index]
      if byte == 0x7B || byte == 0x5B {
        guard open.count < depthLimit else { throw .invalid("nesting deeper than \(depthLimit)", at: index) }
        index = skipSpace(bytes, from: index + 1, to: end)
        guard index < end else { throw .needMore }
        if bytes[index] != byte + 2 {
          open.append(byte == 0x7B)
          wantsKey = byte == 0x7B
          continue
        }
        index += 1
      } else {
        index = try scalar(bytes, at: index, to: end)
      }
      // Behind a value: close what ends here, then on to the next one.
      while true {
        guard let object = open.last else { return index }
        index = skipSpace(bytes, from: index, to: end)
        guard index < end else { throw .needMore }
        if bytes[index] == 0x2C {
          index += 1
          wantsKey = object
          break
        }
        guard bytes[index] == (object ? 0x7D : 0x5D) else {
          throw .invalid("a value without a comma behind it", at: index)
        }
        open.removeLast()
        index += 1
      }
    }
  }

  /// The index behind a string, number, true, false or null.
  @inline(__always)
  static func scalar(_ bytes: Bytes, at index: Int, to end: Int) throws(ScanError) -> Int {
    switch bytes[index] {
    case 0x22: return try StringScan.end(bytes, from: index + 1, to: end).quote + 1
    case 0x2D, 0x30...0x39: return try endOfNumber(bytes, from: index, to: end)
    case 0x74: return try literal(bytes, at: index, to: end, "true")
    case 0x66: return try literal(bytes, at: index, to: end, "false")
    case 0x6E: return try literal(bytes, at: index, to: end, "null")
    default: throw .invalid("no JSON value", at: index)
    }
  }

  /// The index behind `word`, which has to stand at `index`.
  @inline(__always)
  static func literal(_ bytes: Bytes, at index: Int, to end: Int, _ word: StaticString) throws(ScanError) -> Int {
    for offset in 0..<word.utf8CodeUnitCount {
      guard index + offset < end else { throw .needMore }
      guard bytes[index + offset] == word.utf8Start[offset] else { throw .invalid("no JSON value", at: index) }
    }
    return index + word.utf8CodeUnitCount
  }

  /// Whether a text is one JSON value and nothing else.
  ///
  /// `padded` is the text with a space behind it: a number is known to end only where something
  /// follows it.
  static func isValue(_ padded: [UInt8]) -> Bool {
    padded.withUnsafeBufferPointer { buffer in
      guard let bytes = buffer.baseAddress else { return false }
      do throws(ScanError) {
        let end = try end(bytes, from: 0, to: padded.count)
        return skipSpace(bytes, from: end, to: padded.count) == padded.count
      } catch { return false }
    }
  }
}
