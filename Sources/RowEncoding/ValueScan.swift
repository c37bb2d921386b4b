/// Scans whole JSON values without building them.
enum ValueScan {
  /// Deeper nesting than this is refused; RFC 8259 lets a parser set a limit.
  static let depthLimit = 512
  /// Text of deeper nesting than this stays text: DuckDB gives up a file where a row is deeper than 128.
  private static let textDepthLimit = 120

  /// The index of the next byte that is no JSON white space.
  @inline(__always)
  static func skipSpace(_ bytes: Bytes, from start: Int) -> Int {
    var index = start
    while bytes[index] == 0x20 || bytes[index] == 0x0A || bytes[index] == 0x0D || bytes[index] == 0x09 { index &+= 1 }
    return index
  }

  /// The index of the next token, which has to lie within the buffer.
  @inline(__always)
  private static func token(_ bytes: Bytes, from start: Int, to end: Int) throws(ScanError) -> Int {
    let index = bytes[start] > 0x20 ? start : skipSpace(bytes, from: start)
    guard index < end else { throw .needMore }
    return index
  }

  /// The index behind the value that starts at `start`.
  static func end(
    _ bytes: Bytes, from start: Int, to end: Int, depthLimit: Int = depthLimit
  ) throws(ScanError) -> Int {
    /// Open containers, the innermost lowest: one for an object. Their number is `depth`.
    var open = Nesting()
    var index = try token(bytes, from: start, to: end)
    while true {
      // Before a value.
      let byte = bytes[index]
      if byte == 0x7B || byte == 0x5B {
        guard open.depth < depthLimit else { throw .invalid("nesting deeper than \(depthLimit)", at: index) }
        index = try token(bytes, from: index + 1, to: end)
        if bytes[index] != byte + 2 {
          open.push(byte == 0x7B)
          if byte == 0x7B { index = try name(bytes, at: index, to: end) }
          continue
        }
        index += 1
      } else {
        index = try scalar(bytes, at: index, to: end)
      }
      // Behind a value: close what ends here, then on to the next one.
      while true {
        guard open.depth > 0 else { return index }
        index = try token(bytes, from: index, to: end)
        if bytes[index] == 0x2C {
          index = try token(bytes, from: index + 1, to: end)
          if open.isObject { index = try name(bytes, at: index, to: end) }
          break
        }
        guard bytes[index] == (open.isObject ? 0x7D : 0x5D) else {
          throw .invalid("a value without a comma behind it", at: index)
        }
        open.pop()
        index += 1
      }
    }
  }

  /// Behind a member's name and its colon: the index of the value.
  @inline(__always)
  private static func name(_ bytes: Bytes, at start: Int, to end: Int) throws(ScanError) -> Int {
    guard bytes[start] == 0x22 else { throw .invalid("a member without a name", at: start) }
    let index = try token(bytes, from: try StringScan.quote(bytes, from: start + 1, to: end) + 1, to: end)
    guard bytes[index] == 0x3A else { throw .invalid("a name without a colon", at: index) }
    return try token(bytes, from: index + 1, to: end)
  }

  /// The index behind a string, number, true, false or null.
  @inline(__always)
  static func scalar(_ bytes: Bytes, at index: Int, to end: Int) throws(ScanError) -> Int {
    switch bytes[index] {
    case 0x22: return try StringScan.quote(bytes, from: index + 1, to: end) + 1
    case 0x2D, 0x30...0x39: return try NumberScan.end(bytes, from: index, to: end)
    default: return try literal(bytes, at: index, to: end)
    }
  }

  /// The index behind `true`, `false` or `null`.
  @inline(__always)
  static func literal(_ bytes: Bytes, at index: Int, to end: Int) throws(ScanError) -> Int {
    let word = UInt32(littleEndian: UnsafeRawPointer(bytes + index).loadUnaligned(as: UInt32.self))
    if word == 0x6C6C_756E || word == 0x6575_7274 { return index &+ 4 }
    if word == 0x736C_6166, bytes[index + 4] == 0x65 { return index &+ 5 }
    throw fault(bytes, at: index, to: end)
  }

  /// Why no literal stands at `index`: there is none, or the buffer ends within it.
  @inline(never)
  private static func fault(_ bytes: Bytes, at index: Int, to end: Int) -> ScanError {
    for word in ["null", "true", "false"] where zip(word.utf8, index..<end).allSatisfy({ bytes[$1] == $0 }) {
      return .needMore
    }
    return .invalid("no JSON value", at: index)
  }

  /// Whether a text, which zeros follow, is one JSON value and nothing else.
  static func isValue(_ text: Bytes, _ count: Int) -> Bool {
    do throws(ScanError) {
      let end = try end(text, from: 0, to: count, depthLimit: textDepthLimit)
      return skipSpace(text, from: end) == count
    } catch { return false }
  }
}

/// The containers that are open, one bit each, without a heap: up to `ValueScan.depthLimit`.
private struct Nesting {
  private var words = InlineArray<8, UInt64>(repeating: 0)
  private(set) var depth = 0
  /// Whether the innermost one is an object.
  private(set) var isObject = false

  @inline(__always)
  mutating func push(_ object: Bool) {
    let bit: UInt64 = 1 << UInt64(depth & 63)
    if object { words[depth >> 6] |= bit } else { words[depth >> 6] &= ~bit }
    isObject = object
    depth += 1
  }

  @inline(__always)
  mutating func pop() {
    depth -= 1
    guard depth > 0 else { return }
    isObject = words[(depth - 1) >> 6] >> UInt64((depth - 1) & 63) & 1 == 1
  }
}
