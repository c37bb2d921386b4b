internal import ExportSpec

/// `logexport completion`: the script for a shell, or what the scripts ask for.
enum CompletionCommand {
  static func run(_ arguments: Arguments, _ environment: [String: String], _ console: Console) throws(CommandFailure)
    -> ExitCode
  {
    if let shell = arguments.operand.flatMap(Shell.init) {
      try console.write(shell.completions)
    } else {
      // Whoever presses Tab has no use for what is wrong with the spec.
      let file = try SpecFile.load(arguments, environment: environment, console: console)
      try console.write(file.spec.tables.map { "\($0.name)\n" }.joined())
    }
    return .done
  }
}
