/// The end of a JSON number that starts at `start`; its digits are never read as a value.
///
/// Throws where the grammar of RFC 8259 is broken, and `needMore` where the
/// number reaches the end of the buffer, since more digits may follow.
@inline(__always)
func endOfNumber(_ bytes: Bytes, from start: Int, to end: Int) throws(ScanError) -> Int {
  var index = start
  @inline(__always) func digits() throws(ScanError) {
    let first = index
    while index < end, bytes[index] &- 0x30 < 10 { index += 1 }
    guard index < end else { throw .needMore }
    if index == first { throw .invalid("a number without digits", at: index) }
  }
  if bytes[index] == 0x2D { index += 1 }
  guard index < end else { throw .needMore }
  if bytes[index] == 0x30 {
    index += 1
    guard index < end else { throw .needMore }
    if bytes[index] &- 0x30 < 10 { throw .invalid("a number with a leading zero", at: index) }
  } else {
    try digits()
  }
  if bytes[index] == 0x2E {
    index += 1
    try digits()
  }
  if bytes[index] | 0x20 == 0x65 {
    index += 1
    guard index < end else { throw .needMore }
    if bytes[index] == 0x2B || bytes[index] == 0x2D { index += 1 }
    try digits()
  }
  return index
}
