extension ExpressionTranslator {
  /// Other names of the same functions.
  private static let aliases = [
    "toboolean": "tobool", "toreal": "todouble", "totime": "totimespan", "notnull": "isnotnull",
    "notempty": "isnotempty", "iif": "iff", "parsejson": "parse_json", "todynamic": "parse_json",
    "toobject": "parse_json", "tofloat": "todouble", "pack": "bag_pack", "pack_dictionary": "bag_pack",
    "base64_encodestring": "base64_encode_tostring", "base64_decodestring": "base64_decode_tostring",
    "columnifexists": "column_ifexists", "column_if_exists": "column_ifexists", "extractjson": "extract_json",
  ]

  /// A call of a scalar function. Throws SEM0260 where there is none of that name.
  func call(_ written: String, _ arguments: [KQLExpression]) throws(KQLError) -> SQLExpression {
    let name = Self.aliases[written] ?? written
    switch name {
    case "bin": return try bin(arguments)
    case "floor" where arguments.count == 2: return try bin(arguments)
    case "not":
      let operand = try boolean(only(name, arguments))
      return SQLExpression("(NOT \(operand.sql))", .bool, nullable: operand.isNullable)
    case "isnull", "isnotnull":
      let operand = try value(only(name, arguments))
      let word = name == "isnull" ? "IS NULL" : "IS NOT NULL"
      return SQLExpression("(\(operand.sql) \(word))", .bool, nullable: false)
    case "isempty", "isnotempty":
      let operand = try value(only(name, arguments))
      let text = operand.type == .dynamic ? convert(operand, to: .string) : operand
      let empty = text.type == .string ? "(\(text.sql) = '')" : "(\(text.sql) IS NULL)"
      return SQLExpression(name == "isempty" ? empty : "(NOT \(empty))", .bool, nullable: false)
    case "tostring": return convert(try value(only(name, arguments)), to: .string)
    case "tolong": return convert(try value(only(name, arguments)), to: .long)
    case "toint": return convert(try value(only(name, arguments)), to: .int)
    case "todouble": return convert(try value(only(name, arguments)), to: .real)
    case "todecimal": return convert(try value(only(name, arguments)), to: .decimal)
    case "tobool": return convert(try value(only(name, arguments)), to: .bool)
    case "todatetime": return convert(try value(only(name, arguments)), to: .datetime)
    case "totimespan": return convert(try value(only(name, arguments)), to: .timespan)
    case "toguid": return convert(try value(only(name, arguments)), to: .guid)
    case "now", "ago": return try clock(name, arguments)
    case "pack_all":
      guard arguments.isEmpty else { throw .argumentCount(name, "0") }
      return packAll
    case "hash_xxhash64", "hash": return try hash(arguments)
    default:
      if let special = try special(name, arguments) { return special }
      return try simple(name, written, arguments)
    }
  }

  func only(_ name: String, _ arguments: [KQLExpression]) throws(KQLError) -> KQLExpression {
    guard arguments.count == 1 else { throw .argumentCount(name, "1") }
    return arguments[0]
  }

  private func clock(_ name: String, _ arguments: [KQLExpression]) throws(KQLError) -> SQLExpression {
    guard let argument = arguments.first else {
      guard name == "now" else { throw .argumentCount(name, "1") }
      return SQLExpression(.datetime(now))
    }
    let offset = try value(argument)
    guard offset.type == .timespan else { throw .semantic("\(name)(): argument must be of type timespan", in: context) }
    if case .timespan(let ticks) = offset.literal {
      return SQLExpression(.datetime(name == "now" ? now + ticks : now - ticks))
    }
    return try arithmetic(name == "now" ? "+" : "-", SQLExpression(.datetime(now)), offset)
  }

  /// All visible columns as a property bag, in calls of 60 columns each: SQLite takes 100 arguments.
  private var packAll: SQLExpression {
    let chunks = stride(from: 0, to: visible.count, by: 60).map { visible[$0..<min($0 + 60, visible.count)] }
    let parts = chunks.map { chunk in
      let values = chunk.map { ", " + (columns[$0.name]?.sql ?? "NULL") }.joined()
      return "kql_members(\(SQLText.string(BagColumn.text(chunk)))\(values))"
    }
    return SQLExpression("('{' || " + parts.joined(separator: " || ',' || ") + " || '}')", .dynamic, nullable: false)
  }

  private func hash(_ arguments: [KQLExpression]) throws(KQLError) -> SQLExpression {
    guard (1...2).contains(arguments.count) else { throw .argumentCount("hash_xxhash64", "1 or 2") }
    let subject: SQLExpression
    // The text of a bag that was just made needs no reading back.
    if arguments[0] == .call("tostring", [.call("pack_all", [])]) {
      subject = packAll
    } else {
      subject = convert(try value(arguments[0]), to: .string)
    }
    guard arguments.count == 2 else { return SQLExpression("kql_xxhash64(\(subject.sql))", .long, nullable: false) }
    let modulus = try value(arguments[1])
    guard modulus.type.isInteger else {
      throw .semantic("hash_xxhash64(): the modulus must be of type long", in: context)
    }
    if case .long(let value) = modulus.literal, value <= 0 {
      throw .semantic("hash_xxhash64(): the modulus must be positive", in: context)
    }
    return SQLExpression("kql_xxhash64(\(subject.sql), \(modulus.sql))", .long, nullable: modulus.literal == nil)
  }

  private func simple(
    _ name: String, _ written: String, _ arguments: [KQLExpression]
  ) throws(KQLError) -> SQLExpression {
    guard let function = ScalarFunction.byName[name] else { throw .unknownFunction(written) }
    let most = function.isVariadic ? 64 : function.parameters.count
    guard (function.required...most).contains(arguments.count) else {
      throw .argumentCount(name, function.required == most ? "\(most)" : "\(function.required) to \(most)")
    }
    var values: [SQLExpression] = []
    for (index, argument) in arguments.enumerated() {
      let type = function.parameters[min(index, function.parameters.count - 1)]
      values.append(try fitting(try value(argument), type, name))
    }
    let call = "\(function.native.name)(\(values.map(\.sql).joined(separator: ", ")))"
    return SQLExpression(
      call, function.result, nullable: function.isNullable || values.contains { $0.isNullable })
  }

  /// An argument where a parameter wants a type; numbers widen and dynamics convert, nothing else does.
  func fitting(_ argument: SQLExpression, _ type: ColumnType, _ function: String) throws(KQLError) -> SQLExpression {
    if type == .string, ScalarFunction.takingAnything.contains(function) { return convert(argument, to: .string) }
    switch (argument.type, type) {
    case (let given, let wanted) where given == wanted: return argument
    case (.dynamic, _), (.int, .long), (.int, .real), (.long, .real), (.decimal, .real), (_, .dynamic):
      return convert(argument, to: type)
    default:
      throw .semantic(
        "\(function)(): argument of type \(argument.type.rawValue) where \(type.rawValue) is expected", code: "SEM0010",
        in: context)
    }
  }
}
