package struct KQLError: Error { var body: String }
struct KQLTranslator {
  let tables: [LogTable]
  let now: Int64
  func translate(_ kql: String) throws(KQLError) -> SQLQuery {
    guard let table = tables.first(where: { $0.name == kql }) else { throw KQLError(body: "{}") }
    let names = table.columns.map { "\"\($0.name)\"" }
    return SQLQuery(sql: "SELECT \(names.joined(separator: ", ")) FROM \"\(kql)\"", columns: table.columns)
  }
}
enum KQLFunctions { static func register(on: OpaquePointer) {} }
