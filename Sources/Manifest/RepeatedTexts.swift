/// Texts that many rows share, each kept once.
package struct RepeatedTexts: Sendable {
  package private(set) var all: [String] = []
  private var positions: [String: Int] = [:]
  /// The one that was asked for last, as most rows ask for the same.
  private var last: (bytes: [UInt8], position: Int) = ([], -1)

  package init() {}

  /// The text's position in `all`, where it is put if need be.
  package mutating func position(of text: UnsafeRawBufferPointer) -> Int {
    if last.position >= 0, text.elementsEqual(last.bytes) { return last.position }
    let string = String(decoding: text, as: UTF8.self)
    let position = positions[string] ?? all.count
    if position == all.count {
      all.append(string)
      positions[string] = position
    }
    last = (Array(text), position)
    return position
  }
}
