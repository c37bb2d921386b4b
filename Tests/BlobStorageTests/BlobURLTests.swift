import BlobStorage
import Testing

@Suite struct BlobURLTests {
  @Test(arguments: [
    ("y=2025/m=01/x.ndjson.gz", "y=2025/m=01/x.ndjson.gz"),
    ("50% off.csv", "50%25%20off.csv"),
    ("a#b?c&d+e", "a%23b%3Fc%26d%2Be"),
    ("%41", "%2541"),
    ("Büro/日本", "B%C3%BCro/%E6%97%A5%E6%9C%AC"),
  ])
  func `a URL holds any name and gives it back`(_ name: String, _ path: String) throws {
    let address = BlobAddress(container: "logs-a", name: name)
    for store in ["https://a.blob.core.windows.net", "file:///srv/a%20b", "memory:"] {
      #expect(address.url(in: store) == "\(store)/logs-a/\(path)")
      #expect(BlobAddress(url: address.url(in: store), in: store) == address)
    }
  }

  @Test(arguments: [
    "https://b.blob.core.windows.net/logs-a/x", "https://a.blob.core.windows.network/logs-a/x",
    "https://a.blob.core.windows.net/logs-a", "https://a.blob.core.windows.net", "",
  ])
  func `a URL of another place stands for no address`(_ url: String) {
    #expect(BlobAddress(url: url, in: "https://a.blob.core.windows.net") == nil)
  }

  @Test(arguments: ["100%", "%", "%4", "%+5", "%zz", "a%2"])
  func `a percent sign without two digits stays`(_ text: String) {
    #expect(PercentEncoding.decode(text) == text)
  }
}
