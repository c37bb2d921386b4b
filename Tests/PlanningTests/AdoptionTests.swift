import ExportSpec
import Manifest
import Planning
import TestSupport
import Testing
import Timeline

/// Which lines of another tool's log become rows, and which blobs may go.
@Suite struct `Adopting and pruning` {
  private func entry(_ line: Int, _ start: String, _ end: String, rows: Int = 5, url: String? = nil) throws
    -> ForeignLog.Entry
  {
    let text = "T,\(start),\(end),\(rows),\(url ?? "blob-\(line)")\n"
    let columns = try ForeignColumns(parsing: "table=1,start=2,end=3,rows=4,url=5")
    var entry = try ForeignLog(Array(text.utf8), place: "f", columns: columns, isInclusive: false).entries[0]
    entry.line = line
    return entry
  }

  private func row(
    _ start: String, _ end: String, _ status: ManifestRow.Status, generation: Int = 1, blob: String = "memory:///c/x"
  ) throws -> ManifestRow {
    let range = try range(start, end)
    var row = ManifestRow(
      table: "T", range: range, rows: 0, status: status, sliceRange: range, exportedAt: range.end, runID: "run")
    row.generation = generation
    if [.exported, .adopted, .superseded].contains(status) {
      (row.rows, row.part, row.parts, row.blobURL) = (5, 1, 1, blob)
    }
    return row
  }

  private func adopt(_ entries: [ForeignLog.Entry], _ rows: [ManifestRow] = []) throws -> Adoption {
    var world = try World()
    world.manifest = rows
    return Adoption(entries, of: "T", archived: try world.archived()) { "memory:///c/\($0.url)" }
  }

  @Test func `a blob that a line of another table names as well is nobody's, however often it is named`() throws {
    // The job was run again, and wrote its line again.
    let entries = [
      try entry(1, "2025-01-01T00:00:00Z", "2025-01-01T01:00:00Z", url: "b"),
      try entry(3, "2025-01-01T00:00:00Z", "2025-01-01T01:00:00Z", url: "b"),
      try entry(4, "2025-01-01T01:00:00Z", "2025-01-01T02:00:00Z", url: "c"),
      try entry(5, "2025-01-01T02:00:00Z", "2025-01-01T03:00:00Z", rows: 0, url: "c"),
    ]
    let other = try entry(2, "2025-01-01T00:00:00Z", "2025-01-01T01:00:00Z", url: "b")
    var claims = Claims()
    for (entry, table) in [(entries[0], "T"), (other, "U"), (entries[1], "T"), (entries[2], "T"), (entries[3], "U")] {
      claims.add(entry, of: table, url: entry.url)
    }
    for (table, entries, line) in [("T", entries, 3), ("U", [other], 2)] {
      let adoption = Adoption(entries, of: table, archived: .nothing, claims: claims) { $0.url }
      #expect(adoption.refused.map(\.entry.line) == [line])
      let name = table == "T" ? "line 2 as well, of U" : "line 1 as well, of T"
      #expect(adoption.refused[0].reason.contains("its blob is that of \(name)"))
      #expect(adoption.wanted.map(\.entry.line) == (table == "T" ? [4] : []))
    }
  }

  /// What the manifest says of a range, and whether a line of it may be adopted.
  static let verdicts: [(status: ManifestRow.Status, generation: Int?)] = [
    (.exported, nil), (.adopted, nil), (.empty, nil), (.expired, nil), (.emptyUnproven, 2), (.unavailable, 2),
    (.pruned, 2),
  ]

  @Test(arguments: verdicts.indices)
  func `what the manifest knows stands, and what it does not know gives way`(index: Int) throws {
    let (status, generation) = Self.verdicts[index]
    let adoption = try adopt(
      [entry(2, "2025-01-01", "2025-01-02")], [row("2025-01-01", "2025-01-02", status, blob: "memory:///c/other")])
    #expect(adoption.wanted.map(\.generation) == (generation.map { [$0] } ?? []))
    #expect(adoption.refused.count == (generation == nil ? 1 : 0))
  }

  @Test func `a line that is adopted already is known, and one that was written twice counts once`() throws {
    let line = try entry(2, "2025-01-01", "2025-01-02")
    let known = try adopt([line, line], [row("2025-01-01", "2025-01-02", .adopted, blob: "memory:///c/blob-2")])
    #expect(known.known == [line] && known.wanted.isEmpty && known.refused.isEmpty)
    let again = try entry(9, "2025-01-01", "2025-01-02", rows: 6, url: "blob-2")
    #expect(try adopt([line, again]).wanted.map(\.entry) == [again])
  }

  @Test func `lines that overlap are refused, each by the other, and empty ones are not`() throws {
    let lines = [
      try entry(2, "2025-01-01", "2025-01-03"), try entry(3, "2025-01-02", "2025-01-04"),
      try entry(4, "2025-01-04", "2025-01-05"), try entry(5, "2025-01-04", "2025-01-05", rows: 0),
    ]
    let adoption = try adopt(lines)
    #expect(adoption.wanted.map(\.entry.line) == [4])
    #expect(adoption.refused.map(\.entry.line) == [2, 3])
    #expect(adoption.empty.map(\.line) == [5])
  }

  @Test func `a blob holds the rows of one range, whatever a file or the manifest says besides`() throws {
    let twice = try adopt([
      entry(2, "2025-01-01", "2025-01-02", url: "b"), entry(3, "2025-01-02", "2025-01-03", url: "b"),
      entry(4, "2025-01-03", "2025-01-04", url: "c"), entry(5, "2025-01-04", "2025-01-05", rows: 0, url: "c"),
    ])
    #expect(twice.wanted.map(\.entry.line) == [4])
    #expect(
      twice.refused.map(\.reason) == [
        "its blob is that of line 3 as well: whose rows it holds cannot be told",
        "its blob is that of line 2 as well: whose rows it holds cannot be told",
      ])
    let taken = try adopt(
      [entry(2, "2025-01-02", "2025-01-03", url: "b")],
      [row("2025-01-01", "2025-01-02", .adopted, blob: "memory:///c/b")])
    #expect(taken.wanted.isEmpty && taken.refused.map(\.entry.line) == [2])
    #expect(taken.refused.allSatisfy { $0.reason.hasPrefix("its blob is archived already, as that of 2025-01-01") })
  }

  @Test func `gaps are what neither the lines nor the manifest account for`() throws {
    var world = try World()
    world.manifest = [try row("2025-01-02", "2025-01-03", .empty)]
    let lines = [try entry(2, "2025-01-01", "2025-01-02"), try entry(3, "2025-01-04", "2025-01-05")]
    #expect(
      Adoption.gaps(lines, archived: try world.archived()).ranges == [try range("2025-01-03", "2025-01-04")])
    #expect(Adoption.gaps([], archived: .nothing).isEmpty)
  }

  @Test func `nothing that is declared and in force may ever go`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    for _ in 0..<100 {
      var world = try World(days: 10)
      for day in 1...9 {
        for generation in 1...Int.random(in: 1...3, using: &random) {
          let status: ManifestRow.Status =
            [.exported, .adopted, .empty, .superseded, .pruned].randomElement(using: &random) ?? .exported
          world.manifest.append(
            try row(
              "2025-01-0\(day)", "2025-01-0\(day)T06:00:00Z", status, generation: generation,
              // The same blob may be named twice.
              blob: "memory:///logs-t/\(Int.random(in: 0...20, using: &random))"))
        }
      }
      let archived = try world.archived()
      let declared = try range("2025-01-04", "2025-01-07")
      let found = Prunable.find(in: archived, table: "T", declared: declared) { _ in nil }
      let kept = archived.slices.filter { $0.hasBlobs && declared.overlaps($0.range) }
      let keptURLs = Set(kept.flatMap { archived.parts(of: $0) }.map(\.blobURL))
      for item in found where item.kind == .undeclared {
        #expect(!declared.overlaps(item.slice.range), "seed \(seed)")
        #expect(item.generation > item.blobs[0].row.generation, "seed \(seed)")
      }
      for item in found where item.kind == .superseded {
        #expect(keptURLs.isDisjoint(with: item.blobs.map(\.row.blobURL)), "seed \(seed)")
      }
      let undeclared = archived.slices.filter { $0.hasBlobs && !declared.overlaps($0.range) }
      #expect(found.filter { $0.kind == .undeclared }.map(\.slice.range) == undeclared.map(\.range), "seed \(seed)")
      let all = Prunable.find(in: archived, table: "T", declared: nil) { _ in nil }
      #expect(all.count { $0.kind == .undeclared } == archived.slices.count(where: \.hasBlobs), "seed \(seed)")
    }
  }

  @Test func `a pruned slice that is declared again is exported as a later generation`() throws {
    var world = try World(slice: "6h")
    var random = SplitMix64(seed: 11)
    world.rows = World.rows(40, in: try range("2025-01-01", "2025-01-02"), world.spec.grid, using: &random)
    let evening = try tick("2025-01-01T18:00:00Z")
    world.rows.removeAll { evening <= $0.time }
    try world.run()
    for slice in try world.archived().slices {
      world.manifest.append(
        try row(slice.range.start.iso8601, slice.range.end.iso8601, .pruned, generation: slice.generation + 1))
    }
    world.blobs = [:]
    #expect(try world.archived().slices.isEmpty)
    let plan = try world.run()
    #expect(plan.changes.actions.map(\.generation) == [3, 3, 3, 3])
    #expect(try world.plan().isEmpty)
    #expect(try world.archived().slices.map(\.generation) == [3, 3, 3, 3])
  }
}
