import BlobStorage
import HTTP
import Testing
import Timeline

@testable import Azure

@Suite struct SharedKeyTests {
  private func signed(_ request: HTTPRequest, account: String = "myaccount") throws -> String {
    try #require(SharedKeyAuthorizer(account: account, key: Secret(DevelopmentIdentity.key))).stringToSign(request)
  }

  /// The example of "Authorize with Shared Key".
  @Test func `the documented request is signed as documented`() throws {
    let request = HTTPRequest(
      method: "GET",
      url: "https://myaccount.blob.core.windows.net/mycontainer?restype=container&comp=metadata&timeout=20",
      headers: [("x-ms-version", "2015-02-21"), ("x-ms-date", "Fri, 26 Jun 2015 23:39:12 GMT")])
    #expect(
      try signed(request)
        == "GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\nx-ms-version:2015-02-21\n"
        + "/myaccount/mycontainer\ncomp:metadata\nrestype:container\ntimeout:20")
  }

  @Test(arguments: [
    ("https://myaccount.blob.core.windows.net/", "/myaccount/"),
    ("https://myaccount.blob.core.windows.net", "/myaccount"),
    (
      "https://myaccount.blob.core.windows.net/?restype=service&comp=properties",
      "/myaccount/\ncomp:properties\nrestype:service"
    ),
    // Lists of values are sorted and joined, names are in lower case, values decoded.
    (
      "https://myaccount.blob.core.windows.net/mycontainer?restype=container&comp=list&include=snapshots&include=metadata&include=uncommittedblobs",
      "/myaccount/mycontainer\ncomp:list\ninclude:metadata,snapshots,uncommittedblobs\nrestype:container"
    ),
    (
      "https://a.blob.core.windows.net/c/b?Comp=block&BlockID=QUFB%2F%3D%3D",
      "/myaccount/c/b\nblockid:QUFB/==\ncomp:block"
    ),
    // The path as it is sent.
    ("https://a.blob.core.windows.net/c/a%20b%2Bc/y=2025", "/myaccount/c/a%20b%2Bc/y=2025"),
    // The emulator's paths hold the account once more.
    ("http://127.0.0.1:10000/myaccount/c/b", "/myaccount/myaccount/c/b"),
  ])
  func `resources are canonical`(_ url: String, _ expected: String) throws {
    let text = try signed(HTTPRequest(method: "GET", url: url))
    #expect(text.dropFirst("GET\n\n\n\n\n\n\n\n\n\n\n\n".count) == expected)
  }

  @Test func `standard headers have their place, and a length of zero is empty`() throws {
    let headers = [
      ("Range", "bytes=0-1"), ("If-None-Match", "*"), ("If-Match", "\"e\""), ("Content-Type", "text/plain"),
      ("Content-MD5", "md5"), ("X-MS-Meta-B", "2"), ("x-ms-meta-a", "1"), ("Accept", "x"),
    ]
    var request = HTTPRequest(
      method: "PUT", url: "https://a.blob.core.windows.net/c/b", headers: headers, body: [1, 2])
    #expect(
      try signed(request)
        == "PUT\n\n\n2\nmd5\ntext/plain\n\n\n\"e\"\n*\n\nbytes=0-1\nx-ms-meta-a:1\nx-ms-meta-b:2\n/myaccount/c/b")
    request.body = []
    #expect(try signed(request).hasPrefix("PUT\n\n\n\nmd5\n"))
  }

  @Test func `headers are sorted as words are`() throws {
    let names = [
      "x-ms-meta-a", "x-ms-meta-a_b", "x-ms-meta-a1b", "x-ms-meta-ab", "x-ms-meta-b_2", "x-ms-meta-b1", "x-ms-version",
    ]
    let request = HTTPRequest(method: "GET", url: "https://a/c", headers: names.reversed().map { ($0, "") })
    let lines = try signed(request).split(separator: "\n").filter { $0.hasPrefix("x-ms-") }
    #expect(lines.map { String($0.dropLast()) } == names)
  }

  @Test(arguments: ["", "no base64!", "abc", "====", "AAA=A", "QUJD\n"])
  func `a key that is no base64 makes no authorizer`(_ key: String) {
    #expect(SharedKeyAuthorizer(account: "a", key: Secret(key)) == nil)
  }

  @Test func `a signature is appended to whatever query there is`() async throws {
    for token in ["sv=2021&sig=a%2Fb%3D", "?sv=2021&sig=a%2Fb%3D"] {
      for (url, expected) in [("https://h/c", "https://h/c?"), ("https://h/c?comp=list", "https://h/c?comp=list&")] {
        var request = HTTPRequest(method: "GET", url: url)
        try await SASAuthorizer(token: Secret(token)).authorize(&request, refused: nil)
        #expect(request.url == expected + "sv=2021&sig=a%2Fb%3D")
      }
    }
  }
}

@Suite struct ConnectionStringTests {
  @Test(
    arguments: [
      (
        "DefaultEndpointsProtocol=https;AccountName=st;AccountKey=a2V5PQ==;EndpointSuffix=core.windows.net",
        "st", "a2V5PQ==", nil, "https://st.blob.core.windows.net"
      ),
      ("AccountName=st;AccountKey=a2V5", "st", "a2V5", nil, "https://st.blob.core.windows.net"),
      (
        "AccountName=st;AccountKey=a2V5;EndpointSuffix=core.chinacloudapi.cn;", "st", "a2V5", nil,
        "https://st.blob.core.chinacloudapi.cn"
      ),
      (
        "BlobEndpoint=https://st.blob.core.windows.net/;SharedAccessSignature=sv=2021&sig=a%3D", nil, nil,
        "sv=2021&sig=a%3D", "https://st.blob.core.windows.net"
      ),
      (
        "BlobEndpoint=http://127.0.0.1:10000/dev;AccountName=dev;AccountKey=a2V5", "dev", "a2V5", nil,
        "http://127.0.0.1:10000/dev"
      ),
      (" accountname=st ; ACCOUNTKEY=a2V5 ;\n", "st", "a2V5", nil, "https://st.blob.core.windows.net"),
      (
        "UseDevelopmentStorage=true", "devstoreaccount1", DevelopmentIdentity.key, nil,
        "http://127.0.0.1:10000/devstoreaccount1"
      ),
      (
        "UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://proxy", "devstoreaccount1",
        DevelopmentIdentity.key, nil, "http://127.0.0.1:10000/devstoreaccount1"
      ),
    ] as [(String, String?, String?, String?, String)])
  func `every form is understood`(_ text: String, account: String?, key: String?, sas: String?, endpoint: String) throws
  {
    let connection = try #require(ConnectionString(Secret(text)))
    #expect(connection.account == account)
    #expect(connection.key?.revealed == key)
    #expect(connection.sas?.revealed == sas)
    #expect(connection.blobEndpoint == endpoint)
  }

  @Test(arguments: [
    "", ";", "nonsense", "AccountName=st", "AccountKey=a2V5", "AccountName=;AccountKey=a2V5",
    "AccountName=st;AccountKey=",
    "BlobEndpoint=https://st.blob.core.windows.net", "UseDevelopmentStorage=false",
    "AccountName=st;AccountKey=a2V5;junk",
    "BlobEndpoint=https://st.blob.core.windows.net;AccountKey=a2V5",
  ])
  func `what reaches no account is refused`(_ text: String) { #expect(ConnectionString(Secret(text)) == nil) }

  @Test(arguments: [
    ("AccountName=stsoc;AccountKey=QQ==", "https://stsoc.blob.core.windows.net"),
    (
      "AccountName=stsoc;AccountKey=QQ==;EndpointSuffix=core.chinacloudapi.cn",
      "https://stsoc.blob.core.chinacloudapi.cn"
    ),
    (
      "BlobEndpoint=https://STSOC.blob.core.windows.net:443/;SharedAccessSignature=sig=x",
      "https://stsoc.blob.core.windows.net"
    ),
    ("BlobEndpoint=https://logs.example.org;AccountName=stsoc;AccountKey=QQ==", "https://logs.example.org"),
    ("UseDevelopmentStorage=true", "http://127.0.0.1:10000/devstoreaccount1"),
  ])
  func `one of the spec's account contradicts nothing`(_ text: String, _ url: String) throws {
    let connection = try #require(ConnectionString(Secret(text)))
    #expect(connection.contradiction(to: url) == nil)
  }

  @Test(arguments: [
    ("AccountName=other;AccountKey=QQ==", "https://other.blob.core.windows.net"),
    (
      "AccountName=stsoc;AccountKey=QQ==;EndpointSuffix=core.chinacloudapi.cn",
      "https://stsoc.blob.core.chinacloudapi.cn"
    ),
    ("BlobEndpoint=https://stsoc.blob.core.windows.net;AccountName=other;AccountKey=QQ==", "account other"),
    ("BlobEndpoint=https://other.example.org/?sv=s3cret;SharedAccessSignature=sig=s3cret", "https://other.example.org"),
    ("BlobEndpoint=nonsense;SharedAccessSignature=sig=s3cret", "no blob service's URL"),
    ("UseDevelopmentStorage=true", "http://127.0.0.1:10000/devstoreaccount1"),
  ])
  func `one of another account is refused, naming both`(_ text: String, _ own: String) throws {
    let connection = try #require(ConnectionString(Secret(text)))
    let problem = try #require(connection.contradiction(to: "https://stsoc.blob.core.windows.net"))
    #expect(problem.contains(own))
    #expect(problem.contains("stsoc") || own.hasPrefix("no "))
    #expect(!problem.contains("s3cret"))
  }
}

@Suite struct ListingTests {
  private func listing(_ blobs: String, next: String = "") -> [UInt8] {
    Array(
      ("\u{FEFF}<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ServiceEndpoint=\"https://st/\" ContainerName=\"c\">"
        + "<Blobs>\(blobs)</Blobs><NextMarker>\(next)</NextMarker></EnumerationResults>").utf8)
  }

  @Test func `a blob is read with all that a store needs of it`() throws {
    let page = try BlobListing(
      listing(
        """
        <Blob><Name>y=2025/a&amp;b &lt;ü&gt;.gz</Name><Properties><Creation-Time>Sun, 06 Nov 1994 08:49:37 GMT</Creation-Time>
        <Last-Modified>Sun, 06 Nov 1994 08:49:37 GMT</Last-Modified><Etag>0x8D</Etag><Content-Length>12</Content-Length>
        <Content-MD5>1B2M2Y8AsgTpgAmY7PhCfg==</Content-MD5><LeaseStatus>unlocked</LeaseStatus></Properties>
        <Metadata><logexport_rows>1</logexport_rows><Other>a &amp; b</Other></Metadata><OrMetadata /></Blob>
        <Blob><Name Encoded="true">a%EF%BF%BE%25</Name><Properties><Etag>"0x9"</Etag><Content-Length>0</Content-Length>
        <Content-MD5 /></Properties><Metadata /></Blob>
        """, next: "2!76!MDA"))
    #expect(page.nextMarker == "2!76!MDA")
    #expect(page.blobs.count == 2)
    let first = page.blobs[0]
    #expect(first.name == "y=2025/a&b <ü>.gz")
    #expect(first.etag == "\"0x8D\"")
    #expect(first.size == 12)
    #expect(first.lastModified.unixSeconds == 784_111_777)
    #expect(first.contentMD5?.prefix(2) == [0xD4, 0x1D])
    #expect(first.metadata == ["logexport_rows": "1", "other": "a & b"])
    #expect(page.blobs[1].name == "a\u{FFFE}%")
    #expect(page.blobs[1].etag == "\"0x9\"")
    #expect(page.blobs[1].contentMD5 == nil)
  }

  @Test func `an empty page may have a successor`() throws {
    #expect(try BlobListing(listing("", next: "m")).nextMarker == "m")
    #expect(try BlobListing(listing("")).nextMarker == nil)
  }

  @Test(arguments: [
    "", "<html></html>", "not xml", "<EnumerationResults><Blobs>", "<EnumerationResults/><EnumerationResults/>",
    "<EnumerationResults><Blobs><Blob><Name>a</Name></Blob></EnumerationResults>",
  ])
  func `what is no listing is an error, not an empty container`(_ text: String) {
    #expect(throws: AzureError.self) { _ = try BlobListing(Array(text.utf8)) }
  }

  @Test(arguments: [
    "<Name>a</Name><Properties><Etag>e</Etag></Properties>",
    "<Name>a</Name><Properties><Etag>e</Etag><Content-Length>many</Content-Length></Properties>",
    "<Properties><Etag>e</Etag><Content-Length>1</Content-Length></Properties>",
    "<Name>a</Name><Properties><Content-Length>1</Content-Length></Properties>",
  ])
  func `a blob without a name, a size or an ETag is an error`(_ blob: String) {
    #expect(throws: AzureError.self) { _ = try BlobListing(listing("<Blob>\(blob)</Blob>")) }
  }
}

@Suite struct HTTPDateTests {
  @Test(
    arguments: [
      ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
      ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799), ("Fri, 31 Dec 2100 23:59:59 GMT", 4_133_980_799),
    ] as [(String, Int64)])
  func `dates go both ways`(_ text: String, _ seconds: Int64) {
    #expect(HTTPDate.tick(text) == Tick(unixSeconds: seconds))
    #expect(HTTPDate.text(Tick(unixSeconds: seconds)) == text)
  }

  @Test(arguments: [
    "", "Sun, 06 Nov 1994", "Sun, 06 Now 1994 08:49:37 GMT", "Sun, 32 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT", "Sun, 06 Nov 1994 08:49:37 CET",
    "1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 08:xx:49:37 GMT",
  ])
  func `what is no date is none`(_ text: String) { #expect(HTTPDate.tick(text) == nil) }
}

@Suite struct RetryAfterTests {
  @Test(
    arguments: [
      ("0", 0), ("7", 7), ("-7", 0), ("Sun, 06 Nov 1994 08:49:47 GMT", 10), ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
      ("Sat, 05 Nov 1994 08:49:37 GMT", 0),
    ] as [(String, Int)])
  func `a wait is seconds or a date`(_ text: String, _ seconds: Int) {
    let head = HTTPResponseHead(status: 503, headers: [("retry-after", text)])
    #expect(RetryDecision.retryAfter(head, now: Tick(unixSeconds: 784_111_777)) == .seconds(seconds))
  }

  @Test(arguments: ["", "soon", "1.5", "99999999999999999999"])
  func `anything else is no wait`(_ text: String) {
    #expect(RetryDecision.retryAfter(HTTPResponseHead(status: 503, headers: [("Retry-After", text)])) == nil)
  }
}
