import Testing

@testable import HTTP

@Suite struct VersionTests {
  @Test(arguments: [
    (0x07_58_01, false), (0x08_10_00, false), (0x08_11_00, false), (0x08_12_00, true), (0x09_00_00, true),
  ])
  func `a stream of HTTP/2 is trusted to resume from libcurl 8.18 on`(version: Int, resumes: Bool) {
    #expect(CurlHandle.resumesStreams(libcurl: UInt32(version)) == resumes)
  }
}
