/// `summarize`: groups and what is made of each.
struct Summary {
  var input: Relation
  var aggregates: [KQLNamed]
  var keys: [KQLNamed]
  var now: Int64

  /// The grouped relation: the keys, then the aggregates.
  func relation() throws(KQLError) -> Relation {
    let input = plainInput
    var scope = ExpressionTranslator(columns: [:], visible: input.schema, context: "summarize", now: now)
    for column in input.hidden + input.columns { scope.columns[column.name] = column.value }
    var names = ColumnNames(taken: (keys + aggregates).compactMap(\.name))
    var columns: [Relation.Column] = []
    var groups: [String] = []
    for key in keys {
      let value = try scope.value(key.expression)
      if value.type == .dynamic {
        throw .semantic(
          "Summarize group key '\(ColumnNames.inferred(key.expression) ?? "")' is of a 'dynamic' type. "
            + "Please use an explicit cast as grouping by a 'dynamic' type is not supported.", code: "SEM0114",
          in: "summarize")
      }
      columns.append(.init(key.name ?? names.name(key.expression, value), value))
      groups.append(value.groupKey)
    }
    try refuseTwoRows()
    let keyNames = columns.map(\.name)
    let others = input.columns.filter { !keyNames.contains($0.name) }
    for aggregate in aggregates {
      var made = try Aggregation(scope: scope).columns(aggregate, names: &names, all: others)
      // Without keys there is one row even of nothing, and its strings are empty.
      for index in made.indices where keys.isEmpty && made[index].value.type == .string {
        made[index].value.sql = "coalesce(\(made[index].value.sql), '')"
      }
      columns += made
    }
    if columns.isEmpty { throw .semantic("No aggregates and no keys", code: "SEM0100", in: "summarize") }
    return input.grouped(by: groups.isEmpty ? nil : groups, into: columns)
  }

  /// SQLite takes bare columns from the row of the one max() or min() in a query.
  private func refuseTwoRows() throws(KQLError) {
    let pickers = aggregates.count { !$0.expression.functions.isDisjoint(with: ["arg_max", "arg_min"]) }
    let extremes = aggregates.count { !$0.expression.functions.isDisjoint(with: ["max", "min", "maxif", "minif"]) }
    if pickers > 1 || pickers == 1 && extremes > 0 {
      throw .semantic("The emulator has arg_max and arg_min only once, and not beside max and min", in: "summarize")
    }
  }

  /// Computed columns that the summary reads become plain ones first.
  private var plainInput: Relation {
    input.columns.allSatisfy { $0.value.isColumn } ? input : input.sealed()
  }
}

/// Aggregation functions in SQL; nulls are ignored, as SQLite's own do.
struct Aggregation {
  var scope: ExpressionTranslator

  private static let known: Set<String> = [
    "count", "countif", "sum", "sumif", "min", "max", "minif", "maxif", "avg", "avgif", "dcount", "dcountif",
    "count_distinct", "count_distinctif", "take_any", "any", "anyif", "take_anyif", "make_list", "makelist", "make_set",
    "makeset", "arg_max", "arg_min",
  ]

  /// The columns that one item of `summarize` gives.
  func columns(
    _ item: KQLNamed, names: inout ColumnNames, all: [Relation.Column]
  ) throws(KQLError) -> [Relation.Column] {
    guard case .call(let function, let arguments) = item.expression, Self.known.contains(function) else {
      return [
        .init(item.name ?? names.name(item.expression, SQLExpression(.null(.long))), try expression(item.expression))
      ]
    }
    switch function {
    case "arg_max", "arg_min": return try extreme(function, arguments, item.name, all)
    case "take_any" where arguments == [.star], "any" where arguments == [.star]: return all.map(any)
    case "take_any" where arguments.count > 1, "any" where arguments.count > 1:
      var columns: [Relation.Column] = []
      for argument in arguments {
        let value = try scope.value(argument)
        columns.append(any(.init(names.name(argument, value), value)))
      }
      return columns
    default:
      let value = try aggregate(function, arguments)
      if let name = item.name { return [.init(name, value)] }
      let subject = arguments.first.flatMap { ColumnNames.inferred($0) } ?? ""
      let base =
        switch function {
        case "take_any", "any": subject.isEmpty ? nil : subject
        case "count", "countif": "\(function)_"
        case "makelist", "make_list": "list_\(subject)"
        case "makeset", "make_set": "set_\(subject)"
        default: "\(function)_\(subject)"
        }
      return [.init(names.name(base.map { .name($0) } ?? .star, value), value)]
    }
  }

  /// The first value that is not null.
  private func any(_ column: Relation.Column) -> Relation.Column {
    .init(column.name, SQLExpression("kql_first(\(column.value.sql))", column.value.type))
  }

  /// A scalar expression around aggregates, such as `sum(x) / count()`.
  private func expression(_ expression: KQLExpression) throws(KQLError) -> SQLExpression {
    var rest = scope
    var replaced: [String: SQLExpression] = [:]
    let outer = try substitute(expression, &replaced)
    guard !replaced.isEmpty else {
      if case .call(let name, let arguments) = expression, !arguments.isEmpty || !Self.known.contains(name) {
        _ = try scope.value(expression)
      }
      throw .semantic("'\(ColumnNames.inferred(expression) ?? "expression")' is no aggregate", in: "summarize")
    }
    rest.columns = replaced
    return try rest.value(outer)
  }

  private func substitute(
    _ expression: KQLExpression, _ found: inout [String: SQLExpression]
  ) throws(KQLError) -> KQLExpression {
    switch expression {
    case .call(let name, let arguments) where Self.known.contains(name):
      // A name that no column can have.
      let key = "\u{1}\(found.count)"
      found[key] = try aggregate(name, arguments)
      return .name(key)
    case .call(let name, let arguments):
      var items: [KQLExpression] = []
      for argument in arguments { items.append(try substitute(argument, &found)) }
      return .call(name, items)
    case .binary(let word, let left, let right):
      return .binary(word, try substitute(left, &found), try substitute(right, &found))
    case .negated(let operand): return .negated(try substitute(operand, &found))
    case .member(let base, let name): return .member(try substitute(base, &found), name)
    case .element(let base, let key): return .element(try substitute(base, &found), key)
    default: return expression
    }
  }

  /// SQLite takes the bare columns of a query with one max() or min() from the row that holds it.
  private func extreme(
    _ function: String, _ arguments: [KQLExpression], _ name: String?, _ all: [Relation.Column]
  ) throws(KQLError) -> [Relation.Column] {
    guard let first = arguments.first else { throw .argumentCount(function, "at least 1") }
    let subject = try scope.value(first)
    let top = SQLExpression("\(function == "arg_max" ? "max" : "min")(\(subject.sql))", subject.type)
    let subjectName = name ?? ColumnNames.inferred(first) ?? "\(function)_"
    var columns: [Relation.Column] = [.init(subjectName, top)]
    for argument in arguments.dropFirst() {
      if argument == .star {
        columns += all.filter { $0.name != subjectName }
      } else {
        let value = try scope.value(argument)
        columns.append(.init(ColumnNames.inferred(argument) ?? "\(function)_\(columns.count)", value))
      }
    }
    return columns
  }

  private func aggregate(_ function: String, _ arguments: [KQLExpression]) throws(KQLError) -> SQLExpression {
    let conditional = function.hasSuffix("if")
    var filter = ""
    var arguments = arguments
    if conditional {
      guard let predicate = arguments.popLast() else { throw .argumentCount(function, "1 or 2") }
      filter = " FILTER (WHERE \(try scope.condition(predicate)))"
    }
    let base = conditional ? String(function.dropLast(2)) : function
    if base == "count" {
      guard arguments.isEmpty else { throw .argumentCount(function, conditional ? "1" : "0") }
      return SQLExpression("count(*)\(filter)", .long, nullable: false)
    }
    guard let first = arguments.first else { throw .argumentCount(function, "at least 1") }
    let value = try scope.value(first)
    switch base {
    case "sum", "avg": return try total(base, value, filter)
    case "min", "max":
      if value.type == .string || value.type == .dynamic || value.type == .guid {
        throw .semantic("\(function)(): argument of type \(value.type.rawValue) is not supported", in: "summarize")
      }
      if value.type == .decimal {
        return SQLExpression("kql_decimal_\(base)(\(value.sql))\(filter)", .decimal)
      }
      return SQLExpression("\(base)(\(value.sql))\(filter)", value.type)
    case "dcount", "count_distinct":
      return SQLExpression("count(DISTINCT \(value.sql))\(filter)", .long, nullable: false)
    case "take_any", "any":
      return SQLExpression("kql_first(\(value.sql))\(filter)", value.type)
    case "make_list", "makelist":
      return list("group_concat(kql_json_of_\(value.type.rawValue)(\(value.sql)), ',')\(filter)")
    case "make_set", "makeset":
      return list("group_concat(DISTINCT kql_json_of_\(value.type.rawValue)(\(value.sql)))\(filter)")
    default: throw .unknownFunction(function)
    }
  }

  private func list(_ items: String) -> SQLExpression {
    SQLExpression("('[' || coalesce(\(items), '') || ']')", .dynamic, nullable: false)
  }

  private func total(_ base: String, _ value: SQLExpression, _ filter: String) throws(KQLError) -> SQLExpression {
    let operand = value.type == .dynamic ? scope.convert(value, to: .real) : value
    switch operand.type {
    case .int, .long, .timespan:
      let type: ColumnType = operand.type == .timespan ? .timespan : base == "avg" ? .real : .long
      let sql = base == "avg" && type == .timespan ? "kql_sum_avg" : base == "avg" ? "avg" : "kql_sum_long"
      return SQLExpression("\(sql)(\(operand.sql))\(filter)", type, nullable: base == "avg")
    case .real, .decimal:
      let real = scope.convert(operand, to: .real)
      let sum = SQLExpression("kql_\(base)_real(\(real.sql))\(filter)", .real, nullable: base == "avg")
      return operand.type == .decimal ? scope.convert(sum, to: .decimal) : sum
    default:
      throw .semantic("\(base)(): argument of type \(operand.type.rawValue) is not numeric", in: "summarize")
    }
  }
}
