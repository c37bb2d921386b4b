import FoundationEssentials
import Testing

@testable import LogExportCLI

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

@Suite struct `A file that is read` {
  @Test func `may be a pipe`() {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    defer { close(ends[0]) }
    let text = Array("version: 1\n".utf8)
    #expect(write(ends[1], text, text.count) == text.count)
    close(ends[1])
    #expect(InputFile.contents(of: "/dev/fd/\(ends[0])").map(Array.init) == text)
  }

  @Test func `has no contents where it is absent, or a directory`() {
    #expect(InputFile.contents(of: "/nonexistent/plan.json") == nil)
    #expect(InputFile.contents(of: "/") == nil)
  }
}
