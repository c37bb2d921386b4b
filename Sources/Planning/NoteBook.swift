internal import Timeline

/// Collects notes by kind, each with the slices that it is about.
struct NoteBook {
  private var ranges: [PlanNote.Kind: [TimeRange]] = [:]

  /// Notes something of a slice.
  mutating func add(_ kind: PlanNote.Kind, _ slice: TimeRange) {
    ranges[kind, default: []].append(slice)
  }

  /// One note a kind, in a fixed order.
  var notes: [PlanNote] {
    ranges.sorted { $0.key.rawValue < $1.key.rawValue }.map { kind, slices in
      PlanNote(kind: kind, ranges: TimeRangeSet(slices), slices: Set(slices).count, message: Self.message(kind))
    }
  }

  private static func message(_ kind: PlanNote.Kind) -> String {
    switch kind {
    case .shrunk: "the source has fewer rows than the archive; kept as archived"
    case .earlierQuery: "archived with an earlier query; kept (onChange: keep)"
    case .unavailable: "older than the workspace keeps, so nothing can be said of it"
    case .unproven: "counted as empty, but the table's retention is not known"
    case .leaving: "leaves the workspace within 7 days"
    case .unrecorded: "blobs of a run that was cut off hold rows that the source no longer has; they are left alone"
    case .elsewhere: "archived in another container than the spec's; kept, and not looked at"
    case .expiring: "past deleteAfter, and partly deleted already"
    case .overlapping: "archived twice, by slices of different widths; two runs may have been at work at once"
    case .uncounted: "not counted, since counts of this table are billed; --count-billed counts them"
    case .undeclared: "no longer declared; kept (prune deletes it by name)"
    case .offGrid: "left out: the range ends within a slice; let it end where a slice does"
    }
  }
}
