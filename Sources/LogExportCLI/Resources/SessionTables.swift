internal import Export
internal import ExportSpec
internal import Planning

extension Session {
  /// Reads what the workspace says of its tables, where the spec names the workspace's resource: their plans decide
  /// the endpoint and what a query costs, their retention what an empty answer proves.
  ///
  /// Whoever may not read that goes on with what the spec says, and is told so; so does a command that only looks,
  /// where Resource Manager does not answer.
  mutating func inform(onlyLooking: Bool = false) async throws {
    guard let resources, file.spec.source.resource != nil else { return }
    do throws(ResourceError) {
      facts = try await resources.tables(file.spec) ?? [:]
    } catch {
      let isSilent = error.code == .unavailable || error.code == .unreachable
      guard error.code == .denied || (onlyLooking && isSilent) else { throw error }
      let reason = error.message.prefix { !$0.isNewline }
      let remedy = isSilent ? "" : " The role Log Analytics Reader on the workspace lets them be read."
      remarks.append(
        "The workspace's tables could not be read (\(reason)): plans and retention are taken from the spec.\(remedy)")
      return
    }
    for index in tables.indices {
      guard let facts = facts[tables[index].name] else { continue }
      let (table, contradictions) = tables[index].informed(by: facts)
      tables[index] = table
      remarks += contradictions.map { "\($0): taken is what the workspace says." }
      let idle = table.idleTypes(in: facts)
      if !idle.isEmpty { remarks.append(Self.idleTypes(idle, of: table.name)) }
      remarks += table.hiddenColumns(in: facts).map {
        Self.hiddenColumn($0.column, of: table.name, behind: $0.folder)
      }
    }
    file.spec.tables = file.spec.tables.map { table in facts[table.name].map { table.informed(by: $0).table } ?? table }
  }

  /// What is said of what `types` names to no effect.
  static func idleTypes(_ idle: [String], of table: String) -> String {
    "types of \(table) is without effect: \(idle.joined(separator: ", "))."
  }

  /// What is said of a column that readers of Parquet take from a folder of the path.
  static func hiddenColumn(_ column: String, of table: String, behind folder: String) -> String {
    """
    \(table) has a column \(column), which readers of Parquet take from the folder \(folder)= of its path instead: give \
    it a path of other folders, such as path: \(PathTemplate.unlikely)
    """
  }
}
