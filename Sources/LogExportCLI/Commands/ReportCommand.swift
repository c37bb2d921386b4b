internal import Azure
internal import BlobStorage
internal import ExportSpec
internal import FoundationEssentials
internal import Manifest
internal import Planning

/// `logexport report`: writes the archive's state, by the manifest, and the resources' as a page of HTML.
enum ReportCommand {
  static func run(_ arguments: Arguments, _ environment: [String: String], _ console: Console) async throws -> ExitCode
  {
    var session = try Session.open(arguments, environment: environment, console: console) { _ in }
    try await session.inform(onlyLooking: true)
    let numbers = Dictionary(uniqueKeysWithValues: session.tables.enumerated().map { ($1.name, $0) })
    let survey = try await session.survey { spec, coverage in
      ReportTable(spec, coverage, number: numbers[spec.name] ?? 0, of: numbers.count)
    }
    let page = ReportPage(
      spec: session.file.spec, specFile: session.file.path, storeURL: session.store.url, asOf: session.now,
      survey: survey, observed: try await session.sight(leavingOut: arguments.has("no-resources")))
    // A service's refusal may repeat what it was sent.
    let text = KnownSecrets.masked(page.html)
    guard let path = arguments.value("out"), path != "-" else {
      try console.write(text)
      return .done
    }
    let html = Data(text.utf8)
    try OutputFile.write(html, to: path)
    if !arguments.has("quiet") { try console.write("Report: \(path) (\(Quantity.bytes(html.count))).\n") }
    return .done
  }
}
