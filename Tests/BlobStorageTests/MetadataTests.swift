import BlobStorage
import Testing

@Suite struct MetadataTests {
  @Test(arguments: [
    [:], ["a": ""], ["a": "1", "b": "a"], ["long": String(repeating: "x", count: 70_000)], ["ü": "\0"],
  ])
  func `metadata keeps its names and values`(_ values: [String: String]) {
    #expect(BlobMetadata(values).values == values)
  }

  @Test func `metadata is the same in whatever order it came`() {
    var metadata = BlobMetadata()
    metadata.append(Array("b".utf8), Array("2".utf8))
    metadata.append(Array("a".utf8), Array("1".utf8))
    #expect(metadata == ["a": "1", "b": "2"])
    #expect(metadata != ["a": "1", "b": "1"])
    #expect(metadata != ["a": "1"])
    #expect("\(metadata)" == "a=1 b=2")
  }
}
