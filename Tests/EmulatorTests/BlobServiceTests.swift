import FoundationEssentials
import TestSupport
import Testing

@testable import Emulator

@Suite struct BlobServiceTests {
  private func bench(_ folder: String? = nil) throws -> Bench {
    let bench = try Bench { $0.dataFolder = folder }
    #expect(bench.blob("PUT", "c-1?restype=container").status == 201)
    return bench
  }

  private let block = ["x-ms-blob-type": "BlockBlob"]
  private let append = ["x-ms-blob-type": "AppendBlob"]

  @Test func `a signature holds for the request it was made for and no other`() throws {
    let bench = try bench()
    #expect(bench.blob("GET", "?comp=list").status == 200)
    let wrong = bench.blob("GET", "?comp=list", key: [1, 2, 3])
    #expect(wrong.status == 403 && wrong.code == "AuthenticationFailed")
    #expect(wrong.text.contains("<Code>AuthenticationFailed</Code>"))
    #expect(bench.send("GET", "/devstoreaccount1?comp=list").status == 401)
    #expect(bench.send("GET", "/devstoreaccount1?comp=list", ["Authorization": "SharedKey other:x"]).status == 403)
  }

  @Test func `the string to sign is that of the documentation`() {
    var headers = HTTPHeaders()
    for (name, value) in [
      ("x-ms-version", "2015-02-21"), ("x-ms-date", "Fri, 26 Jun 2015 23:39:12 GMT"), ("Content-Length", "0"),
      ("Date", "Fri, 26 Jun 2015 23:39:12 GMT"), ("X-Ms-Meta-B", " two "), ("x-ms-meta-a", "one"),
    ] { headers.append(name, value) }
    let request = HTTPRequest(
      method: "GET", target: RequestTarget("/a/b%20c?restype=container&comp=list&Include=metadata&include=copy"),
      headers: headers)
    #expect(
      SharedKey.stringToSign(request, account: "a")
        == "GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\nx-ms-meta-a:one\nx-ms-meta-b:two\n"
        + "x-ms-version:2015-02-21\n/a/a/b%20c\ncomp:list\ninclude:copy,metadata\nrestype:container")
  }

  @Test func `a request signed more than 15 minutes ago is refused`() throws {
    let bench = try bench()
    var fields = HTTPHeaders()
    fields.append("x-ms-date", HTTPDate.format(bench.time.seconds - 901))
    var request = HTTPRequest(method: "GET", target: RequestTarget("/devstoreaccount1?comp=list"), headers: fields)
    let text = SharedKey.stringToSign(request, account: "devstoreaccount1")
    let signature = Base64.encode(Digest.hmac(key: StorageAccount.development.key, Array(text.utf8)))
    request.headers.append("Authorization", "SharedKey devstoreaccount1:\(signature)")
    #expect(Reply(bench.services.answer(request, scheme: "http")).status == 403)
  }

  @Test func `creating only refuses what is there, and uncommitted blocks are not there`() throws {
    let bench = try bench()
    let only = block.merging(["If-None-Match": "*"]) { $1 }
    #expect(bench.blob("PUT", "c-1/a?comp=block&blockid=YWE%3D", body: "x").status == 201)
    #expect(bench.blob("PUT", "c-1/a", only, body: "first").status == 201)
    let again = bench.blob("PUT", "c-1/a", only, body: "second")
    #expect(again.status == 409 && again.code == "BlobAlreadyExists")
    #expect(bench.blob("GET", "c-1/a").text == "first")
  }

  @Test func `an append lands where its condition says or not at all`() throws {
    let bench = try bench()
    _ = bench.blob("PUT", "c-1/m", append)
    let first = bench.blob("PUT", "c-1/m?comp=appendblock", ["x-ms-blob-condition-appendpos": "0"], body: "abc")
    #expect(first.status == 201 && first.headers["x-ms-blob-append-offset"] == "0")
    let late = bench.blob("PUT", "c-1/m?comp=appendblock", ["x-ms-blob-condition-appendpos": "0"], body: "abc")
    #expect(late.status == 412 && late.code == "AppendPositionConditionNotMet")
    let stale = bench.blob("PUT", "c-1/m?comp=appendblock", ["If-Match": "\"0x8D0\""], body: "abc")
    #expect(stale.status == 412 && stale.code == "ConditionNotMet")
    let full = bench.blob("PUT", "c-1/m?comp=appendblock", ["x-ms-blob-condition-maxsize": "5"], body: "abc")
    #expect(full.status == 412 && full.code == "MaxBlobSizeConditionNotMet")
    #expect(bench.blob("GET", "c-1/m").text == "abc")
  }

  @Test func `the 50,001st append is refused`() throws {
    let service = try BlobService(folder: nil, clock: TestClock().clock)
    func perform(_ method: String, _ target: String, _ headers: [(String, String)] = [], _ body: [UInt8] = []) throws
      -> HTTPResponse
    {
      var fields = HTTPHeaders()
      for (name, value) in headers { fields.append(name, value) }
      let http = HTTPRequest(method: method, target: RequestTarget(target), headers: fields, body: body)
      return try service.perform(BlobRequest(http))
    }
    _ = try perform("PUT", "/a/c-1?restype=container")
    _ = try perform("PUT", "/a/c-1/m", [("x-ms-blob-type", "AppendBlob")])
    for _ in 0..<50_000 { _ = try perform("PUT", "/a/c-1/m?comp=appendblock", [], [1]) }
    do {
      _ = try perform("PUT", "/a/c-1/m?comp=appendblock", [], [1])
      Issue.record("the append was taken")
    } catch let error as StorageError {
      #expect(error.status == 409 && error.code == "BlockCountExceedsLimit")
    }
  }

  @Test func `blobs survive a restart, leases and staged blocks with them`() throws {
    let folder = "/tmp/logexport-emulator-test-\(Digest.guid())"
    defer { removeFolder(folder) }
    let name = "c-1/folder/na%20me%C3%A9"
    do {
      let bench = try bench(folder)
      _ = bench.blob("PUT", name, block.merging(["x-ms-meta-Rows": "7"]) { $1 }, body: "content")
      _ = bench.blob("PUT", "c-1/m", append)
      for text in ["one\n", "two\n"] { _ = bench.blob("PUT", "c-1/m?comp=appendblock", body: text) }
      _ = bench.blob("PUT", "c-1/s?comp=block&blockid=YWE%3D", body: "staged")
      _ = bench.blob("PUT", "c-1/deleted", block, body: "x")
      _ = bench.blob("DELETE", "c-1/deleted")
      _ = bench.blob("PUT", "c-2?restype=container", ["x-ms-meta-a": "b"])
      _ = bench.blob("PUT", "c-3?restype=container")
      _ = bench.blob("DELETE", "c-3?restype=container")
    }
    let bench = try Bench { $0.dataFolder = folder }
    let read = bench.blob("GET", name)
    #expect(read.text == "content" && read.headers["x-ms-meta-rows"] == "7")
    #expect(bench.blob("PUT", "c-1/m?comp=appendblock", body: "three\n").headers["x-ms-blob-append-offset"] == "8")
    #expect(bench.blob("GET", "c-1/m").text == "one\ntwo\nthree\n")
    let list = "<BlockList><Latest>YWE=</Latest></BlockList>"
    #expect(bench.blob("PUT", "c-1/s?comp=blocklist", body: list).status == 201)
    #expect(bench.blob("GET", "c-1/s").text == "staged")
    #expect(bench.blob("HEAD", "c-1/deleted").status == 404)
    #expect(bench.blob("GET", "c-2?restype=container").headers["x-ms-meta-a"] == "b")
    #expect(bench.blob("GET", "c-3?restype=container").status == 404)
  }

  @Test func `bytes that nothing refers to leave the disk`() throws {
    let folder = "/tmp/logexport-emulator-test-\(Digest.guid())"
    defer { removeFolder(folder) }
    let bench = try bench(folder)
    _ = bench.blob("PUT", "c-1/a", block, body: "one")
    _ = bench.blob("PUT", "c-1/a", block, body: "two")
    _ = bench.blob("PUT", "c-1/a", block.merging(["If-None-Match": "*"]) { $1 }, body: "three")
    #expect(fileCount(folder + "/blobs/content") == 1)
    _ = bench.blob("PUT", "c-1/a?comp=block&blockid=YWE%3D", body: "four")
    _ = bench.blob("PUT", "c-1/a?comp=blocklist", body: "<BlockList><Latest>YWE=</Latest></BlockList>")
    #expect(fileCount(folder + "/blobs/content") == 1)
    #expect(bench.blob("GET", "c-1/a").text == "four")
    _ = bench.blob("DELETE", "c-1?restype=container")
    #expect(fileCount(folder + "/blobs/content") == 0)
  }

  @Test func `a folder serves one emulator at a time`() throws {
    let folder = "/tmp/logexport-emulator-test-\(Digest.guid())"
    defer { removeFolder(folder) }
    do {
      let first = try bench(folder)
      #expect(throws: Journal.Damaged.self) { try Bench { $0.dataFolder = folder } }
      #expect(first.blob("GET", "c-1?restype=container").status == 200)
    }
    #expect(try Bench { $0.dataFolder = folder }.blob("GET", "c-1?restype=container").status == 200)
  }

  @Test func `what a killed run left half done is swept away, and damage is named`() throws {
    let folder = "/tmp/logexport-emulator-test-\(Digest.guid())"
    defer { removeFolder(folder) }
    do {
      let bench = try bench(folder)
      _ = bench.blob("PUT", "c-1/a", block, body: "kept")
    }
    try Data("orphan".utf8).write(to: URL(filePath: folder + "/blobs/content/orphan"))
    do {
      let bench = try Bench { $0.dataFolder = folder }
      #expect(fileCount(folder + "/blobs/content") == 1)
      #expect(bench.blob("GET", "c-1/a").text == "kept")
    }
    let file = folder + "/blobs/containers/devstoreaccount1.c-1.json"
    try Data("{".utf8).write(to: URL(filePath: file))
    do {
      _ = try Bench { $0.dataFolder = folder }
      Issue.record("it started")
    } catch let error as Journal.Damaged {
      #expect(error.description.hasPrefix(file))
    }
  }

  @Test func `names that are canonically equal are two names`() throws {
    let bench = try bench()
    _ = bench.blob("PUT", "c-1/%C3%A9", block, body: "composed")
    _ = bench.blob("PUT", "c-1/e%CC%81", block, body: "decomposed")
    #expect(bench.blob("GET", "c-1/%C3%A9").text == "composed")
    #expect(bench.blob("GET", "c-1/e%CC%81").text == "decomposed")
  }

  @Test(arguments: [
    "", "<BlockList>", "<Other/>", "<BlockList><Foo>YQ==</Foo></BlockList>",
    "<BlockList><Latest><X/></Latest></BlockList>", "<BlockList/>trailing",
  ])
  func `a block list that is none is refused`(text: String) throws {
    let reply = try bench().blob("PUT", "c-1/a?comp=blocklist", body: text)
    #expect(reply.status == 400 && reply.code == "InvalidXmlDocument")
  }

  @Test func `listings page through any names in byte order`() throws {
    let seed = UInt64.random(in: .min ... .max)
    var generator = SplitMix64(seed: seed)
    let bench = try bench()
    var names: Set<String> = []
    for _ in 0..<60 {
      let letters = (0..<Int.random(in: 1...5, using: &generator)).map { _ in
        "ab/".randomElement(using: &generator) ?? "a"
      }
      names.insert("x" + String(letters))
    }
    for name in names { _ = bench.blob("PUT", "c-1/\(name)", block, body: "1") }
    for delimiter in ["", "/"] {
      for size in [1, 2, 7, 100] {
        var found: [String] = []
        var marker = ""
        repeat {
          let page = bench.blob(
            "GET", "c-1?restype=container&comp=list&maxresults=\(size)&delimiter=\(delimiter)&marker=\(marker)"
          ).text
          found += elements("Name", page)
          marker = elements("NextMarker", page).first ?? ""
        } while !marker.isEmpty
        let folded = Set(
          names.map { name in
            delimiter.isEmpty ? name : name.firstIndex(of: "/").map { String(name[...$0]) } ?? name
          })
        #expect(found == folded.sorted(), "seed \(seed), \(size) a page, delimiter '\(delimiter)'")
      }
    }
  }

  private func elements(_ name: String, _ xml: String) -> [String] {
    xml.split(separator: "<").compactMap { $0.hasPrefix("\(name)>") ? String($0.dropFirst(name.count + 1)) : nil }
  }
}
