/// `logexport validate`: checks a spec, offline.
enum ValidateCommand {
  static func run(_ arguments: Arguments, _ environment: [String: String], _ console: Console) throws(CommandFailure)
    -> ExitCode
  {
    let file = try SpecFile.load(arguments, environment: environment, console: console)
    let tables = try file.selected(arguments)
    if console.json {
      try console.write("{\"valid\":true,\"tables\":\(tables.count)}\n")
    } else {
      try console.write("\(file.path) is valid: \(Quantity.of(tables.count, "table")).\n")
    }
    return .done
  }
}
