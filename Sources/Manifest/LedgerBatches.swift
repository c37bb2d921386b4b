internal import Timeline

extension LedgerWriter {
  /// Slices of one append, and their rows, which take some 500 bytes each.
  private static let batch = (slices: 500, rows: 4000)

  /// Appends the rows of many slices of one table, those of a slice in one step, and makes sure that the files stand.
  ///
  /// `recorded` is told how many slices are durable by then. Throws as `append` does; what was appended stays.
  package func append(slices: [[ManifestRow]], recorded: (Int) -> Void = { _ in }) async throws {
    func year(_ slice: [ManifestRow]) -> Int? { slice.first.map { CivilDate($0.sliceRange.start).year } }
    guard let table = slices.first?.first?.table else { return }
    try await prepare(table, years: Set(slices.compactMap(year)))
    var group: [[ManifestRow]] = []
    var rows = 0
    for slice in slices {
      let isFull = group.count >= Self.batch.slices || rows + slice.count > Self.batch.rows
      if !group.isEmpty, isFull || year(group[0]) != year(slice) {
        try await append(group.flatMap { $0 })
        recorded(group.count)
        (group, rows) = ([], 0)
      }
      group.append(slice)
      rows += slice.count
    }
    try await append(group.flatMap { $0 })
    recorded(group.count)
  }
}
