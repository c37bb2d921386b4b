internal import Export
internal import ExportSpec
internal import Planning
internal import Timeline

/// `logexport verify`: holds every row of the manifest that is in force against its blob.
enum VerifyCommand {
  static func run(_ arguments: Arguments, _ environment: [String: String], _ console: Console) async throws -> ExitCode
  {
    let options = try options(arguments)
    var session = try Session.open(arguments, environment: environment, console: console) { _ in }
    try await session.inform()
    let progress = VerifyProgress(session.progress, session.log, tables: session.tables.count)
    var verifier = Verifier(
      spec: session.file.spec, tables: session.tables, source: session.source, store: session.store, now: session.now,
      plan: session.options, options: options, report: progress.take)
    verifier.asked = Tick.now()
    let result = try await session.progress.during(progress.refresh) { [verifier] in try await verifier.run() }
    let view = VerifyView(result: result, options: options, style: console.style)
    try console.write(console.json ? view.json : console.naming(view.text))
    return result.findings.isEmpty ? .done : .differences
  }

  /// What is asked for; a share without anything to take it of is a slip.
  static func options(_ arguments: Arguments) throws(CommandFailure) -> VerifyOptions {
    var options = VerifyOptions()
    options.content = arguments.has("content")
    options.source = arguments.has("source")
    if arguments.has("undeclared"), arguments.has("table") {
      throw CommandFailure(
        .usage, "--undeclared looks at tables that the spec does not have, --table chooses among those that it has")
    }
    options.undeclared = arguments.has("table") ? .ignored : arguments.has("undeclared") ? .verified : .named
    options.parallelism = try arguments.parallelism()
    if let text = arguments.value("sample") {
      guard let percent = Double(text.hasSuffix("%") ? String(text.dropLast()) : text), percent > 0, percent <= 100
      else { throw CommandFailure(.usage, "--sample '\(text)' is no share\n  Write 5% or 0.1%, up to 100%.") }
      guard options.content || options.source else {
        throw CommandFailure(
          .usage, "--sample is the share that is read or counted\n  Add --content, --source or both.")
      }
      options.percent = percent
      options.seed = UInt64.random(in: 0...999_999_999)
    }
    if let text = arguments.value("seed") {
      guard let seed = UInt64(text) else { throw CommandFailure(.usage, "--seed '\(text)' is no number") }
      guard arguments.has("sample") else { throw CommandFailure(.usage, "--seed goes with --sample") }
      options.seed = seed
    }
    return options
  }
}
