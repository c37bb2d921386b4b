/// Translates queries of the Kusto Query Language to SQLite's SQL.
///
/// The functions of `KQLFunctions` must be registered on the connection that
/// runs the statements. What the emulator does not know it refuses, by name.
package struct KQLTranslator: Sendable {
  private let table: @Sendable (String) -> LogTable?
  private let now: Int64

  /// A translator over these tables; `now` is the query's clock in ticks since 0001-01-01.
  package init(tables: [String: LogTable], now: Int64) {
    self.init(now: now) { tables[$0] }
  }

  /// A translator that looks tables up as queries name them.
  package init(now: Int64, table: @escaping @Sendable (String) -> LogTable?) {
    self.now = now
    self.table = table
  }

  /// The statement for a query, or the service's reason to refuse it.
  package func translate(_ kql: String) throws(KQLError) -> SQLQuery {
    let relation = try relation(KQLParser.parse(kql))
    return SQLQuery(sql: relation.sql, columns: relation.schema)
  }
}

extension KQLTranslator {
  private func relation(_ pipeline: KQLPipeline) throws(KQLError) -> Relation {
    var relation = try source(pipeline.source, before: pipeline.steps.first?.word)
    for step in pipeline.steps { relation = try apply(step, to: relation) }
    return relation
  }

  private func source(_ source: KQLPipeline.Source, before word: String?) throws(KQLError) -> Relation {
    switch source {
    case .table(let name):
      guard let table = table(name) else { throw .unknownTable(name, in: word) }
      return Relation(table)
    case .pipeline(let pipeline): return try relation(pipeline)
    case .union(let pipelines): return try union(pipelines)
    case .print(let items): return try print(items)
    case .rows(let columns, let values): return try rows(columns, values)
    }
  }

  private func scope(_ relation: Relation, _ word: String) -> ExpressionTranslator {
    var columns: [String: SQLExpression] = [:]
    for column in relation.hidden + relation.columns { columns[column.name] = column.value }
    return ExpressionTranslator(columns: columns, visible: relation.schema, context: word, now: now)
  }

  private func apply(_ step: KQLStep, to input: Relation) throws(KQLError) -> Relation {
    let word = step.word
    switch step.operation {
    case .filter(let predicate):
      var relation = input.sealedIfLimited()
      if !relation.readsPlainly(predicate.names) { relation = relation.sealed() }
      relation.conditions += try scope(relation, word).conditions(predicate)
      return relation
    case .project(let items): return try project(items, of: input, word, keeping: false)
    case .extend(let items): return try project(items, of: input, word, keeping: true)
    case .projectAway(let patterns):
      var relation = input
      let names = try input.names(patterns, word)
      relation.columns.removeAll { names.contains($0.name) }
      return relation
    case .projectKeep(let patterns):
      var relation = input
      let names = try input.names(patterns, word)
      relation.columns.removeAll { !names.contains($0.name) }
      return relation
    case .projectReorder(let patterns):
      var relation = input
      let names = try input.names(patterns, word)
      relation.columns = names.compactMap { name in input.columns.first { $0.name == name } }
      relation.columns += input.columns.filter { !names.contains($0.name) }
      return relation
    case .projectRename(let pairs): return try rename(pairs, of: input, word)
    case .take(let count):
      var relation = input
      relation.limit = min(count, input.limit ?? .max)
      return relation
    case .count:
      return input.sealedIfLimited().grouped(
        by: nil, into: [.init("Count", SQLExpression("count(*)", .long, nullable: false))])
    case .summarize(let aggregates, let keys):
      return try Summary(input: input.sealedIfLimited(), aggregates: aggregates, keys: keys, now: now).relation()
    case .sort(let keys):
      return try sort(keys, input.sealedIfLimited(), word)
    case .top(let count, let key):
      var relation = try sort([key], input.sealedIfLimited(), word)
      relation.limit = count
      return relation
    case .distinct(let items): return try distinct(items, of: input, word)
    case .union(let pipelines):
      var parts = [input]
      for pipeline in pipelines { parts.append(try relation(pipeline)) }
      return Self.union(parts)
    case .getschema: return Self.schema(of: input)
    case .nothing: return input
    }
  }
}

extension KQLTranslator {
  private func project(
    _ items: [KQLNamed], of input: Relation, _ word: String, keeping: Bool
  ) throws(KQLError) -> Relation {
    var relation = input
    let computed = items.filter { if case .name = $0.expression { false } else { true } }
    if !relation.readsPlainly(computed.reduce(into: []) { $0.formUnion($1.expression.names) }) {
      relation = relation.sealed()
    }
    let scope = scope(relation, word)
    var columns = keeping ? relation.columns : []
    var names = ColumnNames(taken: keeping ? [] : items.compactMap(\.name))
    for item in items {
      if item.expression == .star, item.name == nil {
        columns += relation.columns
        continue
      }
      let value = try scope.value(item.expression)
      let name = item.name ?? names.name(item.expression, value)
      if columns.contains(where: { $0.name == name }) {
        guard keeping else { throw .semantic("A column named '\(name)' already exists", code: "SEM0150", in: word) }
        // A column of that name goes, and the new one comes last.
        columns.removeAll { $0.name == name }
      }
      columns.append(.init(name, value))
    }
    relation.columns = columns
    if !keeping { relation.hidden = [] }
    return relation
  }

  private func rename(
    _ pairs: [(new: String, old: String)], of input: Relation, _ word: String
  ) throws(KQLError) -> Relation {
    var relation = input
    for pair in pairs {
      guard let place = input.columns.firstIndex(where: { $0.name == pair.old }) else {
        throw .unknownColumn(pair.old, in: word)
      }
      relation.columns[place].name = pair.new
    }
    return relation
  }

  private func sort(_ keys: [KQLSortKey], _ input: Relation, _ word: String) throws(KQLError) -> Relation {
    let scope = scope(input, word)
    var relation = input
    relation.order = []
    for key in keys {
      let value = try scope.value(key.expression)
      if value.type == .dynamic {
        throw .semantic("The sort key cannot be of type dynamic", code: "SEM0200", in: word)
      }
      // Decimals are text; their order is that of their numbers.
      let sql = value.type == .decimal ? "kql_real_of_decimal(\(value.sql))" : value.sql
      let nulls = value.isNullable ? " NULLS " + (key.nullsFirst ? "FIRST" : "LAST") : ""
      // A bare integer would be a column's number to SQLite.
      relation.order.append(
        .init(sql: value.literal == nil ? sql : "NULL", direction: (key.ascending ? "ASC" : "DESC") + nulls))
    }
    return relation
  }

  private func distinct(_ items: [KQLNamed], of input: Relation, _ word: String) throws(KQLError) -> Relation {
    var relation = try project(items, of: input, word, keeping: false).sealedIfLimited()
    relation.order = []
    return relation.grouped(by: relation.columns.map(\.value.groupKey), into: relation.columns)
  }

  private func print(_ items: [KQLNamed]) throws(KQLError) -> Relation {
    let scope = ExpressionTranslator(columns: [:], visible: [], context: nil, now: now)
    var columns: [Relation.Column] = []
    for (index, item) in items.enumerated() {
      columns.append(.init(item.name ?? "print_\(index)", try scope.value(item.expression)))
    }
    return Relation(source: nil, columns: columns)
  }

  private func rows(_ columns: [LogColumn], _ values: [KQLExpression]) throws(KQLError) -> Relation {
    guard values.count.isMultiple(of: columns.count) else {
      throw .semantic("datatable: the number of values is no multiple of the number of columns", code: "SEM0110")
    }
    let scope = ExpressionTranslator(columns: [:], visible: [], context: "datatable", now: now)
    var selects: [String] = []
    for start in stride(from: 0, to: values.count, by: columns.count) {
      var items: [String] = []
      for (index, column) in columns.enumerated() {
        let cell = scope.convert(try scope.value(values[start + index]), to: column.type)
        items.append("\(cell.sql) AS \(SQLText.identifier("0.\(index + 1)"))")
      }
      selects.append("SELECT " + items.joined(separator: ", "))
    }
    if selects.isEmpty {
      let nulls = columns.indices.map { "NULL AS \(SQLText.identifier("0.\($0 + 1)"))" }
      selects = ["SELECT " + nulls.joined(separator: ", ") + " WHERE 0"]
    }
    return Relation(source: "(" + selects.joined(separator: " UNION ALL ") + ")", columns: Self.numbered(columns))
  }

  /// Columns of a source that knows them by number.
  private static func numbered(_ columns: [LogColumn]) -> [Relation.Column] {
    columns.enumerated().map { .init($1.name, $1.type, as: "0.\($0 + 1)") }
  }

  private static func schema(of input: Relation) -> Relation {
    let columns: [LogColumn] = [
      .init("ColumnName", .string), .init("ColumnOrdinal", .int), .init("ColumnType", .string),
    ]
    let rows = input.schema.enumerated().map { index, column in
      "SELECT \(SQLText.string(column.name)) AS \"ColumnName\", \(index) AS \"ColumnOrdinal\", "
        + "\(SQLText.string(column.type.rawValue)) AS \"ColumnType\""
    }
    return Relation(
      source: "(" + rows.joined(separator: " UNION ALL ") + ")", columns: columns.map { .init($0.name, $0.type) })
  }
}

extension KQLTranslator {
  private func union(_ pipelines: [KQLPipeline]) throws(KQLError) -> Relation {
    var parts: [Relation] = []
    for pipeline in pipelines {
      if case .table(let name) = pipeline.source, pipeline.steps.isEmpty {
        guard let table = table(name) else { throw .unknownTable(name, in: "union") }
        parts.append(Relation(table))
      } else {
        parts.append(try relation(pipeline))
      }
    }
    return Self.union(parts)
  }

  /// All rows of all parts; a column that two parts have with different types becomes two.
  private static func union(_ parts: [Relation]) -> Relation {
    var columns: [LogColumn] = []
    for column in parts.flatMap(\.schema) where !columns.contains(column) { columns.append(column) }
    let selects = parts.map { part in
      var part = part
      part.columns = columns.enumerated().map { index, column in
        let value = part.columns.first { $0.name == column.name && $0.value.type == column.type }?.value
        return .init("0.\(index + 1)", value ?? SQLExpression(.null(column.type)))
      }
      part.hidden = []
      return "SELECT * FROM (\(part.sql))"
    }
    let named = columns.map { column in
      let clashes = columns.count { $0.name == column.name } > 1
      return LogColumn(clashes ? "\(column.name)_\(column.type.rawValue)" : column.name, column.type)
    }
    return Relation(source: "(" + selects.joined(separator: " UNION ALL ") + ")", columns: numbered(named))
  }
}

extension SQLExpression {
  /// What to group by: a literal would be a column's number to SQLite.
  var groupKey: String { literal == nil ? sql : "(\(sql)) IS NULL" }
}

extension Relation {
  /// Whether each of these names is a plain column here, free to be repeated.
  fileprivate func readsPlainly(_ names: Set<String>) -> Bool {
    columns.allSatisfy {
      $0.value.isColumn || $0.value.literal != nil || !(names.contains($0.name) || names.contains("*"))
    }
  }

  /// The columns that patterns name, in the patterns' order. Throws SEM0100 for a name that none bears.
  fileprivate func names(_ patterns: [KQLPattern], _ word: String) throws(KQLError) -> [String] {
    var names: [String] = []
    for pattern in patterns {
      let matches = columns.map(\.name).filter { Self.matches($0[...], pattern[...]) }
      if matches.isEmpty, !pattern.contains("*") { throw .unknownColumn(pattern, in: word) }
      names += matches.filter { !names.contains($0) }
    }
    return names
  }

  private static func matches(_ name: Substring, _ pattern: Substring) -> Bool {
    guard let first = pattern.first else { return name.isEmpty }
    if first != "*" { return name.first == first && matches(name.dropFirst(), pattern.dropFirst()) }
    let rest = pattern.dropFirst()
    return name.indices.contains { matches(name[$0...], rest) } || matches(name[name.endIndex...], rest)
  }
}
