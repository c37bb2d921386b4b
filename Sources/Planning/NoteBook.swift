internal import Timeline

/// Collects notes by kind, each with the slices that it is about.
struct NoteBook {
  let table: String
  private var entries: [PlanNote.Kind: Entry] = [:]

  private struct Entry {
    var ranges: [TimeRange] = []
    /// Rows by which source and archive differ, where that is what the note is about.
    var rows = 0
  }

  init(table: String) { self.table = table }

  /// Notes something of a slice.
  mutating func add(_ kind: PlanNote.Kind, _ slice: TimeRange, rows: Int = 0) {
    entries[kind, default: Entry()].ranges.append(slice)
    entries[kind]?.rows += rows
  }

  /// One note a kind, in a fixed order.
  var notes: [PlanNote] {
    entries.sorted { $0.key.rawValue < $1.key.rawValue }.map { kind, entry in
      PlanNote(
        kind: kind, ranges: TimeRangeSet(entry.ranges), slices: Set(entry.ranges).count, message: message(kind, entry))
    }
  }

  private func message(_ kind: PlanNote.Kind, _ entry: Entry) -> String {
    let rows = "\(entry.rows) \(entry.rows == 1 ? "row" : "rows")"
    let fewer = "\(entry.rows) fewer \(entry.rows == 1 ? "row" : "rows")"
    let first = entry.ranges.first.map { Slice(table: table, range: $0).address } ?? table
    return switch kind {
    case .shrunk:
      "the source has \(fewer) than the archive; kept as archived. --allow-shrink \(first) exports what is left of one"
    case .narrowed:
      "the filter (where) has changed, and finds \(fewer) than are archived; whether it leaves them out or they are "
        + "gone cannot be told, so they are kept. --allow-shrink \(first) exports one with the filter of now"
    case .fading:
      "to be exported again, but the workspace no longer keeps all of their time, so that rows may be in the archive "
        + "alone; kept as archived. --allow-shrink \(first) exports what is left of one"
    case .grown:
      "\(rows) came in late, but the slices were archived with other columns, which are not known; kept "
        + "(onChange: keep). --replace \(first) exports one with the columns of now, onChange: replace all"
    case .earlierQuery: "archived with an earlier query; kept (onChange: keep)"
    case .unavailable: "older than the workspace keeps, so nothing can be said of it"
    case .unproven: "counted as empty, but the table's retention is not known"
    case .leaving: "leaves the workspace within 7 days"
    case .unrecorded:
      "blobs with \(rows) that no row of the manifest names: of a run that was cut off, or is at work. They may hold what "
        + "is archived nowhere else, and are kept; prune --unrecorded deletes them"
    case .elsewhere: "archived in another container than the spec's, which is not looked at; the blobs there stay"
    case .expiring: "past deleteAfter, and partly deleted already"
    case .overlapping:
      "archived twice, by slices of different widths, so that their rows are counted twice; two runs may have been at "
        + "work at once. verify names what prune can give up"
    case .uncounted: "not counted, since counts of this table are billed; --count-billed counts them"
    case .undeclared: "no longer declared; kept (prune deletes it by name)"
    case .offGrid: "left out: the range ends within a slice; let it end where a slice does"
    }
  }
}
