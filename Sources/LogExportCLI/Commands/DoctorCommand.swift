internal import ExportSpec

/// `logexport doctor`: whether everything that a run needs is there.
enum DoctorCommand {
  static func run(_ arguments: Arguments, _ environment: [String: String], _ console: Console) async throws -> ExitCode
  {
    let parallelism = try arguments.parallelism()
    var checks: [Check] = []
    func report(_ check: Check) throws {
      var check = check
      check.remedy = console.naming(check.remedy)
      checks.append(check)
      if !console.json { try console.write(check.line(console.style)) }
    }

    let file: SpecFile?
    let tables: [TableSpec]
    do throws(CommandFailure) {
      let loaded = try SpecFile.load(arguments, environment: environment, console: console)
      (file, tables) = (loaded, try loaded.selected(arguments))
    } catch {
      if error.code == .usage { throw error }
      (file, tables) = (nil, [])
      try report(.failed("spec", error))
    }
    if let file { try report(.ok("spec", "\(file.path) is valid: \(Quantity.of(tables.count, "table"))")) }
    try report(MachineChecks.limits(parallelism: parallelism))
    try report(MachineChecks.proxies(environment))
    let authorities = MachineChecks.authorities(arguments.value("ca-file"))
    try report(authorities)
    if let file, authorities.status == .ok {
      let log = try console.log(arguments)
      let services = ServiceChecks(
        connection: try Connection(file, arguments, log: log) { _ in }, spec: file.spec, tables: tables, run: log.run)
      try await services.perform(write: arguments.has("write"), report)
    } else {
      try report(.skipped("network", because: file == nil ? "the spec" : "the authorities"))
    }
    let code = ExitCode(checks)
    if console.json {
      let result = JSONValue.object([("ok", .bool(code == .done)), ("checks", .array(checks.map(\.json)))])
      try console.write(result.text + "\n")
    }
    return code
  }
}
