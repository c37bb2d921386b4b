import Testing

@testable import RowEncoding

@Suite struct HalfSurrogateTests {
  private func replaced(_ text: String) -> String {
    let bytes = ByteBuffer(capacity: 256)
    Array(text.utf8).withUnsafeBufferPointer { bytes.append($0) }
    bytes.terminate()
    defer { withExtendedLifetime(bytes) {} }
    guard let half = HalfSurrogate.first(bytes.bytes, from: 0, to: bytes.count) else { return text }
    HalfSurrogate.replace(in: bytes.bytes, from: half, to: bytes.count)
    return bytes.withBytes { String(decoding: $0, as: UTF8.self) }
  }

  @Test(arguments: [
    #"{}"#, #""🪵""#, #""\ud83e\udeb5""#, #""\uD83E\uDEB5\uDBFF\uDFFF""#, #""\\ud83e""#, #""\\\\udeb5""#,
    #""\"\n\u00e9\ud7ff\ue000""#, #"[1,null,{"a":"b"}]"#,
  ])
  func `whole characters stay as they are`(json: String) {
    #expect(replaced(json) == json)
    let long = "[\"\(String(repeating: "x", count: 29))\",\(json)]"
    #expect(replaced(long) == long)
  }

  @Test(arguments: [
    (#""\ud83e""#, #""\ufffd""#), (#""\udeb5""#, #""\ufffd""#), (#""\uD83E\uD83E\uDEB5""#, #""\ufffd\uD83E\uDEB5""#),
    (#""\udeb5\ud83e""#, #""\ufffd\ufffd""#), (#""\ud83e\n""#, #""\ufffd\n""#),
    (#""\ud83e\u0041""#, #""\ufffd\u0041""#),
    (#""\\\ud83e\\""#, #""\\\ufffd\\""#), (#"{"\udfff":["\ud800"]}"#, #"{"\ufffd":["\ufffd"]}"#),
  ])
  func `half a pair becomes the character that says so`(json: String, wanted: String) {
    #expect(replaced(json) == wanted)
    for indent in 1..<40 {
      let space = String(repeating: " ", count: indent)
      #expect(replaced(space + json) == space + wanted)
    }
  }
}
