internal import Export
internal import ExportSpec
internal import Manifest
internal import Planning

/// `logexport status`: shows what is archived and what is missing, by the manifest alone.
enum StatusCommand {
  static func run(_ arguments: Arguments, _ environment: [String: String], _ console: Console) async throws -> ExitCode
  {
    var session = try Session.open(arguments, environment: environment, console: console) { _ in }
    try await session.inform(onlyLooking: true)
    let view = StatusText(style: console.style, columns: Console.resultColumns)
    let survey = try await session.survey { spec, coverage in view.block(TableStatus(spec, coverage), coverage) }
    let tables = survey.tables.map(\.status)
    if console.json {
      let json = StatusJSON(
        asOf: session.now, workspace: session.file.spec.source.workspace, lineage: survey.lineage?.id, tables: tables,
        lost: survey.lost.map(\.segment))
      try console.write(json.text)
    } else {
      let isBrief = arguments.has("check") && arguments.has("quiet")
      try console.write(
        console.naming(
          view.render(survey.tables, hasManifest: survey.lineage != nil, lost: survey.lost, isBrief: isBrief)))
    }
    return arguments.has("check") && tables.contains { $0.missing > 0 || !$0.overlaps.isEmpty } ? .differences : .done
  }
}
