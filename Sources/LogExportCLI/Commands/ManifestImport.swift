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
    let consent = try Consent(arguments, look: "Add --auto-approve once the file has been looked at.")
    let timeout = try ApplyCommand.lockTimeout(arguments)
    let log = try log(arguments, path)
    let importer = Importer(
      spec: session.file.spec, tables: session.tables, source: session.source, store: session.store, now: session.now,
      runID: runID, recounts: arguments.has("recount"), countBilled: session.options.countBilled)
    return try await session.asOnlyWriter("manifest import", runID, timeout: timeout, signals) { lock in
      let found = try await importer.look(log)
      let view = ImportView(found: found, file: path, recounted: importer.recounts, style: console.style)
      let code: ExitCode = found.refusals > 0 ? .differences : .done
      guard found.tables.contains(where: { !$0.rows.isEmpty }) else {
        try console.write(console.json ? view.json : view.text + "Nothing is adopted.\n")
        return code
      }
      if !console.json { try console.write(view.text) }
      guard await consent.confirm("Adopt these rows?", console) else { return .error }
      try await importer.append(found) { try await lock.check(isContested: $0) }
      try console.write(console.json ? view.json : view.done)
      return code
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
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandFailure(.error, "\(path) cannot be read")
    }
    return try ForeignLog(
      Array(data), place: path, columns: columns, isInclusive: arguments.value("end") == "inclusive")
  }
}
