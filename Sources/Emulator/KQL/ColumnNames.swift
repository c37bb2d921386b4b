/// The names that KQL gives to columns without one.
struct ColumnNames {
  /// Names that the query gives itself, and those handed out.
  var taken: Set<String>
  private var next = 1

  init(taken: [String]) { self.taken = Set(taken) }

  /// Functions whose result bears the name of what they are given.
  private static let transparent: Set<String> = [
    "bin", "bin_at", "floor", "ceiling", "round", "pow", "sqrt", "startofday", "tostring", "toint", "tolong",
    "todouble", "toreal", "tobool", "toboolean",
    "todatetime", "totimespan", "toguid", "todecimal", "todynamic", "parse_json",
  ]

  /// The name for an expression: its column's, or `Column1` and so on.
  mutating func name(_ expression: KQLExpression, _ value: SQLExpression) -> String {
    if let name = Self.inferred(expression) {
      if taken.insert(name).inserted { return name }
      var number = 1
      while !taken.insert("\(name)\(number)").inserted { number += 1 }
      return "\(name)\(number)"
    }
    while !taken.insert("Column\(next)").inserted { next += 1 }
    return "Column\(next)"
  }

  /// The name that an expression suggests; nil where it suggests none.
  static func inferred(_ expression: KQLExpression) -> String? {
    switch expression {
    case .name(let name): name
    case .member(let base, let name): inferred(base).map { "\($0)_\(name)" }
    case .element(let base, .literal(.long(let index))): inferred(base).map { "\($0)_\(index)" }
    case .call(let function, let arguments):
      transparent.contains(function) && !arguments.isEmpty ? inferred(arguments[0]) : nil
    default: nil
    }
  }
}

extension KQLExpression {
  /// The names that occur in it; `*` where it reads all columns.
  var names: Set<String> {
    let own: Set<String> =
      switch self {
      case .star, .call("pack_all", _): ["*"]
      case .name(let name): [name]
      default: []
      }
    return children.reduce(into: own) { $0.formUnion($1.names) }
  }

  /// The functions that it calls.
  var functions: Set<String> {
    let own: Set<String> = if case .call(let name, _) = self { [name] } else { [] }
    return children.reduce(into: own) { $0.formUnion($1.functions) }
  }

  private var children: [KQLExpression] {
    switch self {
    case .literal, .star, .name: []
    case .call(_, let operands), .all(let operands), .any(let operands): operands
    case .member(let base, _): [base]
    case .negated(let operand): [operand]
    case .element(let left, let right), .binary(_, let left, let right): [left, right]
    case .list(_, let left, let items): [left] + items
    case .between(let subject, let low, let high, _): [subject, low, high]
    }
  }
}
