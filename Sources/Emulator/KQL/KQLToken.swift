/// One word of a query.
struct KQLToken: Sendable, Equatable {
  /// What the word is, with its value where it has one.
  enum Kind: Sendable, Equatable {
    case name(String)
    case string(String)
    /// A literal without its sign, so that the least 64-bit integer can be written.
    case long(UInt64)
    case real(Double)
    /// Ticks of 100 ns.
    case timespan(Int64)
    /// `datetime(…)` and its kind: the type and the text between the parentheses.
    case typed(ColumnType, String)
    case mark(String)
    case end
  }

  var kind: Kind
  /// Where it starts and ends in the query's UTF-8.
  var range: Range<Int>
}

extension KQLToken {
  /// Whether it is this punctuation, or this word where a name may stand.
  func `is`(_ text: String) -> Bool {
    switch kind {
    case .mark(let mark): mark == text
    case .name(let name): name == text
    default: false
    }
  }
}

/// A query's UTF-8, and how errors point into it.
struct KQLText: Sendable {
  let bytes: [UInt8]

  init(_ text: String) { bytes = Array(text.utf8) }

  subscript(range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// SYN0002 at a place, with the text found there.
  func error(at range: Range<Int>) -> KQLError {
    let before = bytes[..<range.lowerBound]
    let line = before.reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
    let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    let position = String(decoding: bytes[start..<range.lowerBound], as: UTF8.self).utf16.count
    return KQLError(.syntax(code: "SYN0002", line: line, position: position, token: self[range]))
  }
}
