/// A scalar function of KQL that one function of SQLite's carries out.
struct ScalarFunction: Sendable {
  let name: String
  /// The types it takes; shorter calls are allowed down to `required`.
  let parameters: [ColumnType]
  let required: Int
  /// Whether the last parameter may be repeated.
  let isVariadic: Bool
  let result: ColumnType
  /// Whether a null in makes a null out, or the result can be null otherwise.
  let isNullable: Bool
  /// What runs.
  let native: NativeFunction

  init(
    _ name: String, _ parameters: [ColumnType], required: Int? = nil, variadic: Bool = false, _ result: ColumnType,
    strict: Bool = true, nullable: Bool = true, _ body: @escaping @Sendable (SQLCall) -> SQLValue
  ) {
    self.name = name
    self.parameters = parameters
    self.required = required ?? parameters.count
    isVariadic = variadic
    self.result = result
    isNullable = nullable
    let fixed = !variadic && self.required == parameters.count
    native = NativeFunction(
      "kql_f_\(name)", fixed ? parameters.count : -1, strict: strict, ofNull: result == .string ? .text("") : .null,
      body)
  }

  /// Every one of them.
  static let all = text + patterns + codes + numbers + times + dynamics + networks + networksV6

  /// By the name that queries call it by.
  static let byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }

  /// Functions of text that take a value of any type as its text.
  static let takingAnything: Set<String> = [
    "strcat", "strcat_delim", "hash_md5", "hash_sha1", "hash_sha256", "reverse", "strrep", "tolower", "toupper",
    "string_size", "strlen", "split", "replace_string", "indexof", "substring",
  ]
}
