package import Timeline

/// What a table took in, by the hour, as the workspace's own `Usage` table bills it.
///
/// It costs nothing to ask, and says what a query of a Basic or Auxiliary table will scan.
package struct Usage: Sendable {
  /// Bytes by the hour's start; hours without rows are absent.
  private let hours: [Tick: Int]

  package init(_ hours: [Tick: Int]) {
    self.hours = hours
  }

  /// Bytes of a range; those of an hour are taken to be spread evenly over it.
  package func bytes(in range: TimeRange) -> Int {
    var bytes = 0.0
    for tile in SliceGrid.hourly.tiles(of: range) {
      guard let hour = hours[SliceGrid.hourly.floor(tile.start)] else { continue }
      bytes += Double(hour) * Double(tile.length.ticks) / Double(Timespan.hour.ticks)
    }
    return Int(bytes.rounded())
  }

  /// The query for the hours of a range: `Quantity` is in megabytes of a million bytes.
  package static func query(table: String, range: TimeRange) -> String {
    let (start, end) = (SliceGrid.hourly.floor(range.start), SliceGrid.hourly.ceiling(range.end))
    let text = table.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return """
      Usage
      | where StartTime >= datetime(\(start.iso8601)) and StartTime < datetime(\(end.iso8601))
      | where DataType == "\(text)"
      | summarize Megabytes = sum(Quantity) by Key = bin(StartTime, 1h)
      """
  }
}
