/// A scalar function of KQL that one function of SQLite's carries out.
struct ScalarFunction: Sendable {
  let name: String
  /// The types it takes; shorter calls are allowed down to `required`.
  let parameters: [ColumnType]
  let required: Int
  /// Whether the last parameter may be repeated.
  let isVariadic: Bool
  let result: ColumnType
  /// What runs.
  let native: NativeFunction

  init(
    _ name: String, _ parameters: [ColumnType], required: Int? = nil, variadic: Bool = false, _ result: ColumnType,
    strict: Bool = true, _ body: @escaping @Sendable (SQLCall) -> SQLValue
  ) {
    self.name = name
    self.parameters = parameters
    self.required = required ?? parameters.count
    isVariadic = variadic
    self.result = result
    let fixed = !variadic && self.required == parameters.count
    native = NativeFunction("kql_f_\(name)", fixed ? parameters.count : -1, strict: strict, body)
  }

  /// Every one of them.
  static let all: [ScalarFunction] = text

  static let byName: [String: ScalarFunction] = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }

  static let text: [ScalarFunction] = [
    ScalarFunction("tolower", [.string], .string) { .text($0.text(0).lowercased()) },
    ScalarFunction("toupper", [.string], .string) { .text($0.text(0).uppercased()) },
    ScalarFunction("strlen", [.string], .long) { .integer(Int64($0.text(0).unicodeScalars.count)) },
  ]
}
