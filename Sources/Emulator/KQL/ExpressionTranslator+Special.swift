extension ExpressionTranslator {
  /// Functions whose result's type follows from their arguments; nil for any other name.
  func special(_ name: String, _ arguments: [KQLExpression]) throws(KQLError) -> SQLExpression? {
    switch name {
    case "iff":
      guard arguments.count == 3 else { throw .argumentCount(name, "3") }
      return try choice([(arguments[0], arguments[1])], else: arguments[2])
    case "case":
      guard arguments.count >= 3, !arguments.count.isMultiple(of: 2) else {
        throw .argumentCount(name, "an odd number of")
      }
      let pairs = stride(from: 0, to: arguments.count - 1, by: 2).map { (arguments[$0], arguments[$0 + 1]) }
      return try choice(pairs, else: arguments[arguments.count - 1])
    case "coalesce": return try coalesce(arguments)
    case "max_of", "min_of": return try extreme(name, arguments)
    case "abs", "ceiling", "floor", "round": return try rounding(name, arguments)
    case "bin_at":
      guard arguments.count == 3 else { throw .argumentCount(name, "3") }
      let (subject, width, fixed) = (arguments[0], arguments[1], arguments[2])
      let shift: KQLExpression = .binary("-", subject, fixed)
      let floored = try value(.call("bin", [shift, width]))
      return try arithmetic("+", floored, value(fixed))
    case "parse_json":
      let operand = try value(only(name, arguments))
      if operand.type == .dynamic { return operand }
      guard operand.type == .string else { return convert(operand, to: .dynamic) }
      return SQLExpression("kql_parse_json(\(operand.sql))", .dynamic)
    case "gettype":
      let operand = try value(only(name, arguments))
      if operand.type == .dynamic { return SQLExpression("kql_kind(\(operand.sql))", .string) }
      return SQLExpression(.string(operand.type.rawValue))
    case "column_ifexists":
      guard arguments.count == 2, case .literal(.string(let column)) = arguments[0] else {
        throw .argumentCount(name, "2")
      }
      if let found = columns[column] { return found }
      return try value(arguments[1])
    case "ingestion_time":
      // When the row came in: only a table that keeps it can tell.
      guard arguments.isEmpty, let received = columns["_TimeReceived"] else { return nil }
      return received
    case "extract" where arguments.count == 4, "extract_json" where arguments.count == 3:
      guard case .call("typeof", let types) = arguments[arguments.count - 1], types.count == 1,
        case .name(let word) = types[0], let type = ColumnType(kqlName: word)
      else { throw .semantic("\(name)(): the last argument must be typeof() of a type", in: context) }
      return convert(try call(name, arguments.dropLast()), to: type)
    case "extract_all" where arguments.count == 2:
      return try call(name, [arguments[0], .literal(.null(.dynamic)), arguments[1]])
    default: return nil
    }
  }

  /// The type that several values share: the widest of numbers, otherwise the same.
  private func common(_ values: [SQLExpression], _ function: String) throws(KQLError) -> ColumnType {
    var type = values[0].type
    for value in values.dropFirst() where value.type != type {
      let order: [ColumnType] = [.int, .long, .real, .decimal]
      if let a = order.firstIndex(of: type), let b = order.firstIndex(of: value.type) {
        type = order[max(a, b)]
      } else if type == .dynamic || value.type == .dynamic {
        type = .dynamic
      } else {
        throw .semantic(
          "\(function)(): arguments of types \(type.rawValue) and \(value.type.rawValue) do not go together",
          code: "SEM0012", in: context)
      }
    }
    return type
  }

  private func choice(
    _ pairs: [(KQLExpression, KQLExpression)], else last: KQLExpression
  ) throws(KQLError) -> SQLExpression {
    var results: [SQLExpression] = []
    for pair in pairs { results.append(try value(pair.1)) }
    results.append(try value(last))
    let type = try common(results, pairs.count == 1 ? "iff" : "case")
    var sql = "CASE"
    for (pair, result) in zip(pairs, results) {
      sql += " WHEN \(try condition(pair.0)) THEN \(convert(result, to: type).sql)"
    }
    sql += " ELSE \(convert(results[results.count - 1], to: type).sql) END"
    return SQLExpression(sql, type, nullable: results.contains { $0.isNullable })
  }

  /// The first value that is not null, or not empty for strings.
  private func coalesce(_ arguments: [KQLExpression]) throws(KQLError) -> SQLExpression {
    guard arguments.count >= 2 else { throw .argumentCount("coalesce", "at least 2") }
    var values: [SQLExpression] = []
    for argument in arguments { values.append(try value(argument)) }
    let type = try common(values, "coalesce")
    let items = values.map { convert($0, to: type).sql }
    if type == .string {
      return SQLExpression("coalesce(\(items.map { "nullif(\($0), '')" }.joined(separator: ", ")), '')", .string)
    }
    return SQLExpression(
      "coalesce(\(items.joined(separator: ", ")))", type, nullable: values.allSatisfy { $0.isNullable })
  }

  private func extreme(_ name: String, _ arguments: [KQLExpression]) throws(KQLError) -> SQLExpression {
    guard !arguments.isEmpty else { throw .argumentCount(name, "at least 1") }
    var values: [SQLExpression] = []
    for argument in arguments { values.append(try value(argument)) }
    var type = try common(values, name)
    if type == .decimal { type = .real }
    guard type.isNumeric || type == .datetime || type == .timespan else {
      throw .semantic("\(name)(): arguments of type \(type.rawValue) are not supported", in: context)
    }
    let family = type == .real ? "real" : "long"
    let items = values.map { convert($0, to: type).sql }.joined(separator: ", ")
    return SQLExpression(
      "kql_\(family)_\(name.prefix(3))(\(items))", type, nullable: values.allSatisfy { $0.isNullable })
  }

  /// Functions that leave whole numbers whole.
  private func rounding(_ name: String, _ arguments: [KQLExpression]) throws(KQLError) -> SQLExpression {
    guard arguments.count == 1 || (name == "round" && arguments.count == 2) else { throw .argumentCount(name, "1") }
    var operand = try value(arguments[0])
    if operand.type == .dynamic { operand = convert(operand, to: .real) }
    if operand.type.isInteger || (operand.type == .timespan && name == "abs") {
      guard name == "abs" else { return operand }
      return SQLExpression("kql_long_abs(\(operand.sql))", operand.type, nullable: operand.isNullable)
    }
    guard operand.type.isNumeric else {
      throw .semantic("\(name)(): argument of type \(operand.type.rawValue) is not numeric", in: context)
    }
    var items = convert(operand, to: .real).sql
    if arguments.count == 2 { items += ", " + (try fitting(try value(arguments[1]), .long, name)).sql }
    return SQLExpression("kql_real_\(name)(\(items))", .real, nullable: operand.isNullable)
  }
}
