/// `logexport schema`: the JSON Schema of specs, which the program holds.
enum SchemaCommand {
  static func run(_ console: Console) throws(CommandFailure) -> ExitCode {
    try console.write(specSchema)
    return .done
  }
}
