/// A table whose rows are computed from (seed, table, hour, number) whenever
/// they are asked for, so that a year of them takes no room.
struct GeneratedTable: Sendable {
  /// As queries name it.
  let name: String
  /// Its columns.
  let recipes: [ColumnRecipe]
  /// Its rows.
  let schedule: RowSchedule
  /// A typical row's bytes, for `_BilledSize`.
  private let typicalSize: Double

  /// About `rowsPerHour` rows an hour, 10,000,000 at most, in a range of ticks.
  init(name: String, rowsPerHour: Int, range: Range<Int64>, seed: UInt64) {
    self.name = name
    recipes = KnownTables.recipes(of: name)
    schedule = RowSchedule(
      rowsPerHour: min(max(rowsPerHour, 1), 10_000_000), range: range,
      seed: SplitMix.mix(seed) ^ ColumnRecipe.salt("table \(name)"))
    typicalSize = recipes.reduce(0) { size, recipe in
      let sizes = recipe.templates.reduce(0) { $0 + $1.typicalSize } / recipe.templates.count
      return size + Double(sizes) * Double(100 - recipe.nulls) / 100
    }
  }

  /// About the bytes of the rows of each hour since a tick, by its start; those of all other times are lumped together
  /// with those of one hour.
  func volumes(since first: Int64, lumping hour: Int64) -> [Int64: Double] {
    let rate = typicalSize * Double(schedule.rowsPerHour) / Double(Ticks.hour)
    let range = schedule.range
    var volumes: [Int64: Double] = [:]
    let start = max(range.lowerBound, first)
    for hour in stride(from: start - start % Ticks.hour, to: min(range.upperBound, hour), by: Int(Ticks.hour)) {
      let part = range.clamped(to: max(hour, first)..<hour + Ticks.hour)
      volumes[hour] = rate * Double(part.count)
    }
    volumes[hour, default: 0] = rate * Double(range.count) - volumes.values.reduce(0, +)
    return volumes
  }

  /// `_BilledSize` of a row: an estimate, so that a sum over a year need not write its texts.
  func billedSize(row: UInt64) -> Double {
    (typicalSize * (0.8 + 0.4 * Double(row >> 40) / Double(1 << 24))).rounded()
  }
}
