/// A scalar expression as written.
indirect enum KQLExpression: Sendable, Equatable {
  case literal(KQLLiteral)
  case name(String)
  /// `*`, where an operator or an aggregate takes all columns.
  case star
  case call(String, [KQLExpression])
  case member(KQLExpression, String)
  case element(KQLExpression, KQLExpression)
  case negated(KQLExpression)
  /// Arithmetic, comparison or string operator, under its own spelling.
  case binary(String, KQLExpression, KQLExpression)
  /// Operands of one chain of `and` or of `or`.
  case all([KQLExpression])
  case any([KQLExpression])
  /// `in`, `!in`, `in~`, `!in~`, `has_any`, `has_all` and their lists.
  case list(String, KQLExpression, [KQLExpression])
  case between(KQLExpression, low: KQLExpression, high: KQLExpression, negated: Bool)
}

/// A literal's value.
enum KQLLiteral: Sendable, Equatable {
  case bool(Bool)
  case int(Int32)
  case long(Int64)
  case real(Double)
  /// The digits as written.
  case decimal(String)
  case string(String)
  /// Ticks since year 1.
  case datetime(Int64)
  case timespan(Int64)
  case guid(String)
  /// JSON.
  case dynamic(String)
  case null(ColumnType)

  var type: ColumnType {
    switch self {
    case .bool: .bool
    case .int: .int
    case .long: .long
    case .real: .real
    case .decimal: .decimal
    case .string: .string
    case .datetime: .datetime
    case .timespan: .timespan
    case .guid: .guid
    case .dynamic: .dynamic
    case .null(let type): type
    }
  }
}

/// `Name = expression`, or an expression alone.
struct KQLNamed: Sendable {
  var name: String?
  var expression: KQLExpression
}

/// A key of `sort` or `top`.
struct KQLSortKey: Sendable {
  var expression: KQLExpression
  var ascending: Bool
  var nullsFirst: Bool
}

/// A column named in `project-away`, `project-keep` or `project-reorder`; `*` stands for any text.
typealias KQLPattern = String

/// One step of a pipeline.
enum KQLOperator: Sendable {
  case filter(KQLExpression)
  case project([KQLNamed])
  case projectAway([KQLPattern])
  case projectKeep([KQLPattern])
  case projectReorder([KQLPattern])
  case projectRename([(new: String, old: String)])
  case extend([KQLNamed])
  case take(Int64)
  case count
  case summarize([KQLNamed], by: [KQLNamed])
  case sort([KQLSortKey])
  case top(Int64, KQLSortKey)
  case distinct([KQLNamed])
  case union([KQLPipeline])
  case getschema
  /// `render`, `as`, `serialize`: they leave the rows alone.
  case nothing
}

/// A step with the word that errors name it by.
struct KQLStep: Sendable {
  var word: String
  var operation: KQLOperator
}

/// Rows from somewhere, sent through steps.
struct KQLPipeline: Sendable {
  /// Where rows come from.
  indirect enum Source: Sendable {
    case table(String)
    case print([KQLNamed])
    case union([KQLPipeline])
    case pipeline(KQLPipeline)
    case rows([LogColumn], [KQLExpression])
  }

  var source: Source
  var steps: [KQLStep]
}
