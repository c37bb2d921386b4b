/// Takes rows of JSON into one table: all of them or, on the first that cannot
/// be taken, none.
struct RowLoader {
  /// What a load needs to know beside the rows.
  struct Target {
    var table: String
    /// The key that becomes TimeGenerated; nil for that key itself.
    var timeKey: String?
    /// `_TimeReceived`, in ticks.
    var received: Int64
    /// Of `_ItemId`.
    var seed: UInt64
  }

  private let rows: JSONRows
  private let target: Target

  /// Rows of UTF-8 text, which must outlive the loader.
  init(_ bytes: UnsafeBufferPointer<UInt8>, into target: Target) throws(RowRefused) {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw RowRefused(unit: .line, number: 1, reason: "the text is not UTF-8")
    }
    rows = JSONRows(bytes)
    self.target = target
  }

  /// Makes the table or adds the columns that it lacks, then inserts. Returns
  /// how many rows there were. Runs inside the caller's transaction.
  func run(_ catalog: inout TableCatalog, _ connection: Connection) throws -> Int {
    let keys = try infer()
    let columns = try prepare(keys, &catalog, connection)
    return try insert(columns, connection)
  }
}

/// First pass: which keys there are, and of what types.
extension RowLoader {
  private struct Keys {
    /// In the order of first appearance.
    var order: [String] = []
    var kinds: [ColumnInference] = []
    var places: [String: Int] = [:]
  }

  private var timeKey: String { target.timeKey ?? ColumnNaming.time }

  private func infer() throws -> Keys {
    var keys = Keys()
    try rows.read(
      member: { (key, value) throws(JSONReader.Malformed) in
        let name = key.unescaped()
        let place: Int
        if let known = keys.places[name] {
          place = known
        } else {
          place = keys.order.count
          keys.places[name] = place
          keys.order.append(name)
          keys.kinds.append([])
        }
        keys.kinds[place].formUnion(ColumnInference(value))
      }, row: { _, _ in })
    return keys
  }

  /// The column of each key, in the table as it is from now on.
  private func prepare(_ keys: Keys, _ catalog: inout TableCatalog, _ connection: Connection) throws -> [String:
    LogColumn]
  {
    let existing = catalog.table(likened: target.table)
    if let existing, existing.name != target.table {
      throw RowRefused(unit: .row, number: 1, reason: "there is a table \(existing.name), which differs in case only")
    }
    if existing == nil {
      let base = KnownTables.columns(of: target.table) ?? [LogColumn(ColumnNaming.time, .datetime)]
      try catalog.create(target.table, base, connection)
    }
    var columns: [String: LogColumn] = [:]
    var naming = ColumnNaming(taken: catalog.tables[target.table]?.columns.map(\.name) ?? [])
    var added: [(key: String, column: LogColumn)] = []
    for (key, kinds) in zip(keys.order, keys.kinds) where key != timeKey {
      if let known = catalog.column(of: target.table, forKey: key) {
        columns[key] = known
      } else {
        let column = LogColumn(naming.name(for: key), kinds.type)
        columns[key] = column
        added.append((key, column))
      }
    }
    try catalog.add(added, to: target.table, connection)
    columns[timeKey] = LogColumn(ColumnNaming.time, .datetime)
    return columns
  }
}

/// Second pass: the rows.
extension RowLoader {
  private func insert(_ columns: [String: LogColumn], _ connection: Connection) throws -> Int {
    let keys = columns.keys.sorted()
    let ordered = keys.compactMap { columns[$0] }
    let places = Dictionary(uniqueKeysWithValues: zip(keys, keys.indices))
    let names = (ordered.map(\.name) + ["_BilledSize", "_ItemId", "_TimeReceived"]).map { "\"\($0)\"" }
    let values = ordered.indices.map { index in
      // What a row leaves out is NULL here, and strings are never null.
      ordered[index].type == .string
        ? "ifnull(?\(index + 1), \(Self.missing(ordered[index], target.table)))" : "?\(index + 1)"
    }
    let behind = (1...3).map { "?\(ordered.count + $0)" }
    let statement = try connection.prepare(
      "INSERT INTO main.\"\(target.table)\" (\(names.joined(separator: ", "))) "
        + "VALUES (\((values + behind).joined(separator: ", ")))")
    let timePlace = places[timeKey]
    var random = SplitMix(target.seed ^ UInt64(bitPattern: target.received))
    var count = 0
    var size = 0
    var hasTime = false
    var refused: String?
    try rows.read(
      member: { (key, value) throws(JSONReader.Malformed) in
        guard let place = places[key.unescaped()] else { return }
        let column = ordered[place]
        if value.kind == .null { return }
        size += value.text.count
        if value.kind == .plain, column.type == .string {
          statement.bind(value.text, at: place + 1)
        } else if let stored = StoredValue(value, as: column.type) {
          statement.bind(stored, at: place + 1)
        } else if refused == nil {
          let text = String(decoding: value.text.prefix(60), as: UTF8.self)
          refused = "column \(column.name) is of type \(column.type.rawValue), which \(text) is not"
        }
        if place == timePlace { hasTime = true }
      },
      row: { unit, number in
        if let refused { throw RowRefused(unit: unit, number: number, reason: refused) }
        guard hasTime else { throw RowRefused(unit: unit, number: number, reason: "no time in \(timeKey)") }
        statement.bind(Double(size), at: ordered.count + 1)
        statement.bind(Self.guid(&random), at: ordered.count + 2)
        statement.bind(target.received, at: ordered.count + 3)
        try statement.run()
        count += 1
        (size, hasTime) = (0, false)
      })
    return count
  }

  private static func missing(_ column: LogColumn, _ table: String) -> String {
    column.name == "Type" ? "'\(table)'" : "''"
  }

  private static func guid(_ random: inout SplitMix) -> String {
    let digits = Hex.encode((0..<2).flatMap { _ in withUnsafeBytes(of: random.next()) { Array($0) } })
    let bounds = [0, 8, 12, 16, 20, 32].map { digits.utf8.index(digits.startIndex, offsetBy: $0) }
    return zip(bounds, bounds.dropFirst()).map { String(digits[$0..<$1]) }.joined(separator: "-")
  }
}

extension Statement {
  /// Binds a converted value; a null is what a parameter is without.
  func bind(_ value: StoredValue, at index: Int) {
    switch value {
    case .null: break
    case .integer(let number): bind(number, at: index)
    case .real(let number): bind(number, at: index)
    case .text(let text): bind(text, at: index)
    }
  }
}
