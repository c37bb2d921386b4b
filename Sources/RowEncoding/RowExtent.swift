/// Finds the end of a row that is larger than what was held, by brackets and strings alone and over
/// each byte once, so that such a row is not tried again with every piece that comes in.
struct RowExtent {
  private var index = 0
  private var depth = 0
  private var isInString = false

  /// Whether the first row from the buffer's start on ends before `end`; bytes seen are not looked at again.
  mutating func isComplete(_ bytes: Bytes, to end: Int) -> Bool {
    while index < end {
      if isInString { index += Block(bytes + index).plain }
      guard index < end else { break }
      switch bytes[index] {
      case 0x22: isInString.toggle()
      case 0x5C where isInString: index += 1
      case 0x5B where !isInString, 0x7B where !isInString: depth += 1
      case 0x5D where !isInString, 0x7D where !isInString:
        depth -= 1
        if depth <= 0 { return true }
      default: break
      }
      index += 1
    }
    return false
  }
}
