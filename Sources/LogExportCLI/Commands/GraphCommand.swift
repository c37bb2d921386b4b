internal import BlobStorage
internal import Export
internal import Planning

/// `logexport graph`: the slices as DOT or Mermaid.
enum GraphCommand {
  static func run(_ arguments: Arguments, _ environment: [String: String], _ console: Console) async throws -> ExitCode
  {
    let format = arguments.value("format") ?? "dot"
    var session = try Session.open(arguments, environment: environment, console: console) { _ in }
    try await session.inform()
    let plan = try await session.plan()
    let graph = SliceGraph(plan, spec: session.file.spec, storeURL: session.store.url)
    try console.write(format == "dot" ? graph.dot : graph.mermaid)
    console.report(plan.failures)
    return plan.failures.isEmpty ? .done : ExitCode(plan.failures.map(\.kind))
  }
}
