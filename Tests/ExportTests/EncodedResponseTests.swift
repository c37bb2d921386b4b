import RowEncoding
import TestSupport
import Testing

@testable import Export

/// The documents of a response, piece by piece.
@Suite struct EncodedResponses {
  /// Writes the hour's number for each row, and puts out a few bytes at a time, like a format that holds rows back.
  private final class SlowSink: ColumnSink {
    private var waiting: [UInt8] = []
    private var rows = 0
    private let heldBack: Int
    private var section = 0

    init(heldBack: Int) { self.heldBack = heldBack }

    func begin(columns: [ResponseColumn], without dropped: Int?) -> [ValueType?] { columns.map { _ in .text } }

    func begin(_ section: Int) {
      self.section = section
      waiting += Array("<\(section)".utf8)
    }

    var batchRoom: Int { max(1, heldBack - rows) }
    func append(_ values: ColumnValues, to column: Int) {}

    func endBatch(rows: Int) {
      self.rows += rows
      if self.rows >= heldBack { endRows() }
    }

    func endRows() {
      waiting += Array(String(repeating: "\(section)", count: rows).utf8)
      rows = 0
    }

    func endDocument() { waiting += Array(">".utf8) }
    var hasOutput: Bool { !waiting.isEmpty }

    func write(to output: ByteBuffer) {
      waiting.prefix(3).withUnsafeBufferPointer { output.append($0) }
      waiting.removeFirst(min(3, waiting.count))
    }
  }

  /// What the pieces of each document come to, and how often one was said to be the last.
  private func documents(_ rows: [Int], sections: Int, heldBack: Int) async throws -> (texts: [String], ends: [Int]) {
    let hour: Int64 = 36_000_000_000
    let start: Int64 = 17_356_896_000_000_000
    let ranges = (0..<Int64(sections)).map { start + $0 * hour..<start + ($0 + 1) * hour }
    var body = #"{"tables":[{"name":"PrimaryResult","columns":[{"name":"TimeGenerated","type":"datetime"}],"rows":["#
    body += rows.enumerated().flatMap { section, count in
      (0..<count).map { #"["2025-01-01T0\#(section):00:0\#($0 % 10)Z"]"# }
    }.joined(separator: ",")
    let encoder = RowEncoder(
      sink: SlowSink(heldBack: heldBack),
      sections: RowSections(ranges: ranges, column: "TimeGenerated", dropsColumn: false))
    var response = EncodedResponse(FakeStream(Array((body + "]}]}").utf8), cut: false), encoder)
    var (texts, ends) = (Array(repeating: "", count: sections), Array(repeating: 0, count: sections))
    while let piece = try await response.next() {
      #expect(ends[piece.section] == 0, "bytes behind the last piece of a document")
      piece.bytes.withBytes { texts[piece.section] += String(decoding: $0, as: UTF8.self) }
      if piece.isLast { ends[piece.section] += 1 }
    }
    return (texts, ends)
  }

  @Test(arguments: [1, 2, 7, 40, 1000])
  func `each document is whole, however much of it is put out at once`(heldBack: Int) async throws {
    for rows in [[100], [0], [30, 50, 20], [5, 0, 90], [0, 1, 1], [400, 1]] {
      let (texts, ends) = try await documents(rows, sections: rows.count, heldBack: heldBack)
      for (section, count) in rows.enumerated() {
        // A single section is a document even without rows.
        let isThere = count > 0 || rows.count == 1
        let text = isThere ? "<\(section)\(String(repeating: "\(section)", count: count))>" : ""
        #expect(texts[section] == text, "\(rows)")
        #expect(ends[section] == (isThere ? 1 : 0), "\(rows)")
      }
    }
  }
}
