package import Manifest
package import Timeline

/// Which lines of another tool's log may become rows of one table's manifest: pure.
package struct Adoption: Sendable {
  /// To adopt, by range, with the generation that each begins.
  package private(set) var wanted: [Wanted] = []
  /// Lines that the manifest has already.
  package private(set) var known: [ForeignLog.Entry] = []
  /// Lines without rows: nothing lies there, and only a count proves it.
  package private(set) var empty: [ForeignLog.Entry] = []
  package private(set) var refused: [Refusal] = []

  /// A line to adopt.
  package struct Wanted: Sendable, Equatable {
    package var entry: ForeignLog.Entry
    package var generation: Int
    /// Whether it is adopted already, and only its count is new.
    package var isKnown = false
  }

  /// A line that is not taken, and why.
  package struct Refusal: Sendable, Equatable {
    package var entry: ForeignLog.Entry
    package var reason: String

    package init(_ entry: ForeignLog.Entry, _ reason: String) {
      self.entry = entry
      self.reason = reason
    }
  }

  /// With `recounts`, what is adopted already and was never counted is adopted once more, with its count.
  ///
  /// `url` is what the manifest has, or would have, for what a line says of its blob; `claims` is what the lines of
  /// all tables name.
  package init(
    _ entries: [ForeignLog.Entry], of table: String, archived: ArchivedTable, recounts: Bool = false,
    claims: Claims = Claims(), url: (ForeignLog.Entry) -> String?
  ) {
    // A job that was run again wrote its line again: the last one counts.
    let latest = Dictionary(entries.map { (Key(range: $0.range, url: $0.url), $0) }, uniquingKeysWith: { $1 })
    let sorted = latest.values.sorted { ($0.range, $0.line) < ($1.range, $1.line) }
    let full = sorted.filter { $0.rows > 0 }
    let overlaps = Self.overlaps(full)
    let shared = Self.shared(full, url)
    let owners = Self.owners(archived, of: Set(full.lazy.compactMap(url)))
    for entry in sorted {
      if entry.rows == 0 {
        empty.append(entry)
      } else if let other = overlaps[entry.line] {
        refused.append(Refusal(entry, "its range overlaps that of line \(other): which rows are twice cannot be told"))
      } else if let other = shared[entry.line] {
        refused.append(Refusal(entry, "its blob is that of line \(other) as well: whose rows it holds cannot be told"))
      } else if let other = url(entry).flatMap({ claims.other(than: table, url: $0) }) {
        let reason =
          other.line.map {
            "its blob is that of line \($0) as well, of \(other.table): whose rows it holds cannot be told"
          }
          ?? "its blob is archived already, as one of \(other.table)"
        refused.append(Refusal(entry, reason))
      } else if let owner = url(entry).flatMap({ owners[$0] }), owner != entry.range {
        refused.append(Refusal(entry, "its blob is archived already, as that of \(owner)"))
      } else {
        judge(entry, archived, recounts, url(entry))
      }
    }
  }

  private struct Key: Hashable {
    var range: TimeRange
    var url: String
  }
}

extension Adoption {
  private mutating func judge(_ entry: ForeignLog.Entry, _ archived: ArchivedTable, _ recounts: Bool, _ url: String?) {
    var generation = archived.prunedGeneration(of: entry.range) + 1
    var isKnown = false
    let overlapping =
      archived.covered.overlaps(entry.range) ? archived.slices.filter { $0.range.overlaps(entry.range) } : []
    for slice in overlapping {
      if slice.status == .adopted, slice.range == entry.range,
        archived.parts(of: slice).map(\.blobURL) == [url ?? ""]
      {
        guard recounts, slice.isUnverified, slice.rows == entry.rows else { return known.append(entry) }
        (generation, isKnown) = (slice.generation + 1, true)
        continue
      }
      if let reason = Self.objection(slice) { return refused.append(Refusal(entry, reason)) }
      if slice.range == entry.range { generation = slice.generation + 1 }
    }
    wanted.append(Wanted(entry: entry, generation: generation, isKnown: isKnown))
  }

  /// Why a slice of the manifest stands against a line of the same time; nil where it says nothing of its rows.
  private static func objection(_ slice: ArchivedSlice) -> String? {
    switch slice.status {
    case .exported, .adopted, .superseded: "\(slice.range) is archived already (\(slice.status.rawValue))"
    case .empty: "\(slice.range) was counted, and has no rows"
    case .expired: "\(slice.range) was deleted by the retention policy"
    case .emptyUnproven, .unavailable, .pruned: nil
    }
  }

  /// The line that each line overlaps; entries are sorted by range.
  private static func overlaps(_ entries: [ForeignLog.Entry]) -> [Int: Int] {
    var found: [Int: Int] = [:]
    var widest: ForeignLog.Entry?
    for entry in entries {
      if let other = widest, other.range.overlaps(entry.range) {
        found[entry.line] = other.line
        if found[other.line] == nil { found[other.line] = entry.line }
      }
      if widest.map({ $0.range.end < entry.range.end }) ?? true { widest = entry }
    }
    return found
  }

  /// Another line that names the blob of each line: one blob as two slices would hide that the rows of one are nowhere.
  private static func shared(_ entries: [ForeignLog.Entry], _ url: (ForeignLog.Entry) -> String?) -> [Int: Int] {
    var found: [Int: Int] = [:]
    var first: [String: ForeignLog.Entry] = [:]
    for entry in entries {
      guard let blob = url(entry) else { continue }
      guard let other = first[blob] else {
        first[blob] = entry
        continue
      }
      found[entry.line] = other.line
      if found[other.line] == nil { found[other.line] = entry.line }
    }
    return found
  }

  /// The slice in force that each of these blobs belongs to already.
  private static func owners(_ archived: ArchivedTable, of blobs: Set<String>) -> [String: TimeRange] {
    var found: [String: TimeRange] = [:]
    for slice in archived.slices where slice.hasBlobs {
      for part in archived.parts(of: slice) where blobs.contains(part.blobURL) { found[part.blobURL] = slice.range }
    }
    return found
  }

  /// What lies between the first line and the last, and neither the log nor the manifest accounts for.
  package static func gaps(_ entries: some Sequence<ForeignLog.Entry>, archived: ArchivedTable) -> TimeRangeSet {
    let ranges = TimeRangeSet(entries.map(\.range))
    guard let first = ranges.ranges.first, let last = ranges.ranges.last else { return TimeRangeSet() }
    return TimeRangeSet([TimeRange(first.start, last.end)]).subtracting(ranges).subtracting(archived.covered)
  }
}

/// Which tables the lines of another tool's log name each blob for, or the manifest has it of: of one alone, if all is well.
package struct Claims: Sendable {
  /// The first claim of each table, by the blob's URL in the manifest.
  private var claims: [String: [Claim]] = [:]

  /// A table that a blob is of, and the line that says so; nil where the manifest does.
  struct Claim: Sendable {
    var table: String
    var line: Int?
  }

  package init() {}

  /// Notes that a line of a table names a blob; one without rows names none.
  package mutating func add(_ entry: ForeignLog.Entry, of table: String, url: String) {
    if entry.rows > 0 { add(Claim(table: table, line: entry.line), url) }
  }

  /// Notes which of the blobs that lines name a table has archived already.
  package mutating func add(_ archived: ArchivedTable, of table: String) {
    for slice in archived.slices where slice.hasBlobs {
      for part in archived.parts(of: slice) where claims[part.blobURL] != nil {
        add(Claim(table: table), part.blobURL)
      }
    }
  }

  private mutating func add(_ claim: Claim, _ url: String) {
    if claims[url]?.contains(where: { $0.table == claim.table }) == true { return }
    claims[url, default: []].append(claim)
  }

  /// The claim of another table to a blob.
  func other(than table: String, url: String) -> Claim? { claims[url]?.first { $0.table != table } }
}
