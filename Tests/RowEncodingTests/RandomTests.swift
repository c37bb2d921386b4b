import RowEncoding
import TestSupport
import Testing

@Suite struct RandomTests {
  @Test func `whatever the service answers is written as a second decoder reads it`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    for round in 0..<500 {
      let document = RandomResponse.make(&random)
      let expected = try #require(Rows(document), "seed \(seed), round \(round): \(document)")
      for options in allOptions {
        let outcome = encode(cut(Array(document.utf8), &random), options)
        let output = try #require(outcome.text, "seed \(seed), round \(round): \(document)\n\(outcome)")
        #expect(outcome.summary?.rows == expected.rows.count)
        #expect(
          read(output, options) == expected.written(options),
          "seed \(seed), round \(round): \(document)\n\(output)")
      }
    }
  }

  @Test func `each section of a response is what a response of its rows alone gives`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    let hour: Int64 = 36_000_000_000
    for round in 0..<200 {
      // Hours of 1970-01-01, some left out, some without rows.
      let hours = (0..<6).filter { _ in Int.random(in: 0..<3, using: &random) > 0 }
      let groups = hours.map { hour in
        (0..<Int.random(in: 0..<4, using: &random)).map { _ in
          let fraction = ["", ".5", ".0000001", ".9999999"].randomElement(using: &random) ?? ""
          let clock = ["00:00", "30:07", "59:59"].randomElement(using: &random) ?? ""
          return "1970-01-01T0\(hour):\(clock)\(fraction)Z"
        }
      }
      let ranges = hours.map { Int64($0) * hour..<Int64($0 + 1) * hour }
      let (whole, alone) = RandomResponse.make(groups, &random)
      for options in allOptions {
        let drops = Bool.random(using: &random)
        let sections = RowSections(ranges: ranges, dropsColumn: drops)
        let outcome = encode(cut(Array(whole.utf8), &random), options, sections)
        let texts = try #require(outcome.texts, "seed \(seed), round \(round): \(whole)\n\(outcome)")
        #expect(outcome.summary?.sections.map(\.rows) == groups.map(\.count), "seed \(seed), round \(round)")
        for (index, text) in texts.enumerated() where ranges.count == 1 || !groups[index].isEmpty {
          let single = RowSections(ranges: [ranges[index]], dropsColumn: drops)
          #expect(
            encode([Array(alone[index].utf8)], options, single).text == text, "seed \(seed), round \(round): \(whole)")
        }
      }
    }
  }

  @Test func `a damaged response never gives rows that a second decoder would refuse`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    for _ in 0..<2000 {
      var bytes = Array(RandomResponse.make(&random).utf8)
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.remove(at: place)
        case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 2: bytes.insert(Array("[]{},:\"\\0n".utf8).randomElement(using: &random) ?? 0, at: place)
        default: bytes.swapAt(place, Int.random(in: 0..<bytes.count, using: &random))
        }
      }
      let options = EncodingOptions(format: .ndjson)
      let whole = encode([bytes], options)
      #expect(encode(cut(bytes, &random), options) == whole, "seed \(seed): \(bytes)")
      guard case .encoded(let documents, let summary) = whole else { continue }
      #expect(Tree(bytes) != nil, "seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
      let output = Array(documents.joined())
      let lines = output.split(separator: 0x0A)
      #expect(lines.count == summary.rows, "seed \(seed)")
      #expect(lines.allSatisfy { Tree($0) != nil }, "seed \(seed): \(String(decoding: output, as: UTF8.self))")
    }
  }

  private func cut(_ bytes: [UInt8], _ random: inout SplitMix64) -> [[UInt8]] {
    let size = [1, 3, 16, 100, 10_000].randomElement(using: &random) ?? 1
    var chunks: [[UInt8]] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Int.random(in: 1...size, using: &random)
      chunks.append(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    return chunks
  }

  /// Rows as a format's reader has them: members of objects, or the fields of CSV.
  private func read(_ output: String, _ options: EncodingOptions) -> [Tree]? {
    switch options.format {
    case .ndjson:
      let lines = output.utf8.split(separator: 0x0A).map { Tree($0) }
      return lines.contains(nil) ? nil : lines.compactMap { $0 }
    case .json:
      guard case .array(let rows)? = Tree(output.utf8) else { return nil }
      return rows
    case .csv: return CSVText.rows(output)?.map { .array($0.map { $0.map { .text($0) } ?? .null }) }
    }
  }
}
