internal import BlobStorage
internal import Export
internal import ExportSpec
internal import FoundationEssentials
internal import Manifest
internal import Planning
internal import Timeline

/// `logexport manifest import FILE`: adopts what an earlier job exported.
enum ManifestImport {
  static func run(_ arguments: Arguments, _ session: Session, _ signals: Signals) async throws -> ExitCode {
    let (console, runID) = (session.console, session.log.run.description)
    let path = try path(arguments)
    let consent = Consent(arguments, remedy: "Add --auto-approve to adopt what is listed.")
    let timeout = try arguments.lockTimeout()
    let log = try log(arguments, path)
    let progress = LookProgress(session.progress, "Importing")
    let importer = Importer(
      spec: session.file.spec, tables: session.tables, source: session.source, store: session.store, now: session.now,
      runID: runID, recounts: arguments.has("recount"), countBilled: session.options.countBilled,
      report: progress.take)
    @Sendable func view(_ found: Import) -> ImportView {
      ImportView(
        found: found, file: path, recounted: importer.recounts, isInclusive: arguments.value("end") == "inclusive",
        style: console.style)
    }
    @Sendable func code(_ found: Import) -> ExitCode { found.refusals > 0 ? .differences : .done }
    return try await session.propose("manifest import", "Adopt these rows?", consent, timeout: timeout, signals) {
      () async throws -> Proposal<Import> in
      let found = try await session.progress.during(progress.refresh) { try await importer.look(log) }
      guard found.tables.contains(where: { !$0.rows.isEmpty }) else {
        try console.write(console.json ? view(found).json : view(found).text + "Nothing is adopted.\n")
        return .nothing(code(found))
      }
      try consent.show(console, text: view(found).text, json: view(found).json)
      return .something(found)
    } carryOut: { found, permit in
      try await importer.append(found, permit: permit)
      try console.write(console.json ? view(found).json : console.naming(view(found).done))
      return code(found)
    }
  }

  private static func path(_ arguments: Arguments) throws(CommandFailure) -> String {
    guard arguments.further.count == 1, let path = arguments.further.first else {
      throw CommandFailure(.usage, "'manifest import' takes one FILE\n  logexport manifest import old.csv")
    }
    return path
  }

  private static func log(_ arguments: Arguments, _ path: String) throws -> ForeignLog {
    var columns = ForeignColumns.standard
    if let text = arguments.value("columns") {
      do throws(ForeignColumnsError) { columns = try ForeignColumns(parsing: text) } catch {
        throw CommandFailure(
          .usage, "--columns: \(error.reason)\n  Write table=TableName,start=From,end=To,rows=RowCount,url=BlobUrl.")
      }
    }
    guard let data = InputFile.contents(of: path) else {
      throw CommandFailure(.error, "\(path) cannot be read")
    }
    return try ForeignLog(
      Array(data), place: path, columns: columns, isInclusive: arguments.value("end") == "inclusive")
  }
}
