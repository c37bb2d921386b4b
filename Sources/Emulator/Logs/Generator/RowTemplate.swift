/// Text with places in braces that each row fills differently.
///
/// | place | filled with |
/// |---|---|
/// | `{int:A-B}` | a whole number from A to B |
/// | `{big}` | a whole number of 64 bits |
/// | `{hex:N}` | N hexadecimal digits |
/// | `{guid}`, `{ip}`, `{sid}` | what they say |
/// | `{user}`, `{person}`, `{host}`, `{domain}`, `{process}`, `{city}`, `{word}` | a word of that list |
/// | `{words:N}` | N words |
/// | `{time}` | the row's time |
/// | `{line}` | a line's end, CR LF |
///
/// Equal places of a row are filled equally, so that its columns agree; a
/// number or `#` and a number behind the name makes another place. Braces with
/// anything else in them are text.
struct RowTemplate: Sendable {
  /// Trivial, so that going through the pieces counts no references.
  private enum Piece: Sendable {
    /// A range of `bytes`.
    case text(from: Int, to: Int)
    case int(salt: UInt64, from: Int64, count: UInt64)
    case big(salt: UInt64)
    case hex(salt: UInt64, digits: Int)
    case guid(salt: UInt64)
    case ip(salt: UInt64)
    case sid(salt: UInt64)
    /// One of `list` words, the first of which is `first`.
    case word(salt: UInt64, first: Int, list: Int)
    case words(salt: UInt64, count: Int, first: Int, list: Int)
    case time
  }

  private var pieces: [Piece] = []
  /// All literal text.
  private var bytes: [UInt8] = []
  /// Where each word lies in `bytes`.
  private var words: [(from: Int, to: Int)] = []

  /// Reads a template.
  init(_ text: Substring) {
    var rest = text
    while let open = rest.firstIndex(of: "{") {
      append(rest[..<open])
      let behind = rest.index(after: open)
      if let close = rest[behind...].firstIndex(where: { $0 == "}" || $0 == "{" }), rest[close] == "}",
        let piece = piece(rest[behind..<close])
      {
        pieces.append(piece)
        rest = rest[rest.index(after: close)...]
      } else {
        append("{")
        rest = rest[behind...]
      }
    }
    append(rest)
  }

  /// About how many bytes a value has.
  var typicalSize: Int {
    pieces.reduce(0) { size, piece in
      switch piece {
      case .text(let from, let to): size + to - from
      case .hex(_, let digits): size + digits
      case .guid: size + 36
      case .sid: size + 44
      case .words(_, let count, _, _): size + 8 * count
      default: size + 9
      }
    }
  }

  private mutating func append(_ text: some StringProtocol) {
    guard !text.isEmpty else { return }
    pieces.append(literal(Array(text.utf8)))
  }

  private mutating func literal(_ text: [UInt8]) -> Piece {
    bytes += text
    return .text(from: bytes.count - text.count, to: bytes.count)
  }

  /// Takes over a list; the number of its first word.
  private mutating func take(_ list: [[UInt8]]) -> Int {
    for word in list {
      bytes += word
      words.append((bytes.count - word.count, bytes.count))
    }
    return words.count - list.count
  }

  private mutating func piece(_ text: Substring) -> Piece? {
    let parts = text.split(separator: ":", maxSplits: 1)
    guard let name = parts.first else { return nil }
    let salt = ColumnRecipe.salt(String(text))
    let kind = name.prefix { $0.isASCII && $0.isLetter }
    let argument = parts.count > 1 ? parts[1].prefix { $0 != "#" } : ""
    switch kind {
    case "int":
      // The first number may be negative, so the dash between is not the first one.
      guard let dash = argument.dropFirst().firstIndex(of: "-"), let low = Int64(argument[..<dash]),
        let high = Int64(argument[argument.index(after: dash)...]), low <= high
      else { return nil }
      return .int(salt: salt, from: low, count: UInt64(high - low) + 1)
    case "big": return .big(salt: salt)
    case "hex": return Int(argument).map { .hex(salt: salt, digits: $0) }
    case "guid": return .guid(salt: salt)
    case "ip": return .ip(salt: salt)
    case "sid": return .sid(salt: salt)
    case "words":
      let list = Vocabulary.words
      return Int(argument).map { .words(salt: salt, count: $0, first: take(list), list: list.count) }
    case "time": return .time
    case "line": return literal([0x0d, 0x0a])
    default: return Vocabulary.list(String(kind)).map { .word(salt: salt, first: take($0), list: $0.count) }
    }
  }
}

extension RowTemplate {
  /// Writes the value of the row of this number and time.
  func write(row: UInt64, time: Int64, to sink: ByteSink) {
    for piece in pieces {
      switch piece {
      case .text(let from, let to): write(from, to, sink)
      case .int(let salt, let from, let count):
        sink.append(from + Int64(SplitMix.mix(row ^ salt) % count))
      case .big(let salt): sink.append(Int64(bitPattern: SplitMix.mix(row ^ salt)))
      case .hex(let salt, let digits): Self.writeHex(row ^ salt, digits, sink)
      case .guid(let salt): Self.writeGUID(row ^ salt, sink)
      case .ip(let salt):
        let bits = SplitMix.mix(row ^ salt)
        sink.append(Int64(bits % 223 + 1))
        for shift in [8, 16, 24] as [UInt64] {
          sink.append(".")
          sink.append(Int64(bits >> shift & 255))
        }
      case .sid(let salt):
        let bits = SplitMix.mix(row ^ salt)
        sink.append("S-1-5-21")
        for shift in [0, 16, 32] as [UInt64] {
          sink.append("-")
          sink.append(Int64(bits >> shift & 0x7FFF_FFFF))
        }
        sink.append("-")
        sink.append(Int64(bits % 9000 + 500))
      case .word(let salt, let first, let list):
        let word = words[first + Int(SplitMix.mix(row ^ salt) % UInt64(list))]
        write(word.from, word.to, sink)
      case .words(let salt, let count, let first, let list):
        var state = SplitMix(row ^ salt)
        for number in 0..<count {
          if number > 0 { sink.append(" ") }
          let word = words[first + Int(state.next() % UInt64(list))]
          write(word.from, word.to, sink)
        }
      case .time: sink.append(iso: time)
      }
    }
  }

  private func write(_ from: Int, _ to: Int, _ sink: ByteSink) {
    bytes.withUnsafeBufferPointer { sink.append(UnsafeBufferPointer(rebasing: $0[from..<to])) }
  }

  /// A guid of a number, in lower case.
  static func writeGUID(_ number: UInt64, _ sink: ByteSink) {
    var state = SplitMix(number)
    let (high, low) = (state.next(), state.next())
    sink.append(atMost: 36) { target in
      var place = 0
      for digit in 0..<32 {
        if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
          target[place] = UInt8(ascii: "-")
          place += 1
        }
        target[place] = hexDigit((digit < 16 ? high : low) >> UInt64(60 - digit % 16 * 4))
        place += 1
      }
      return 36
    }
  }

  private static func writeHex(_ number: UInt64, _ digits: Int, _ sink: ByteSink) {
    var state = SplitMix(number)
    sink.append(atMost: digits) { target in
      var bits: UInt64 = 0
      for place in 0..<digits {
        if place % 16 == 0 { bits = state.next() }
        target[place] = hexDigit(bits)
        bits >>= 4
      }
      return digits
    }
  }

  @inline(__always)
  private static func hexDigit(_ bits: UInt64) -> UInt8 {
    let value = UInt8(truncatingIfNeeded: bits & 15)
    return value + (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
  }
}
