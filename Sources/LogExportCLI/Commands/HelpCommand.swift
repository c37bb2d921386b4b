/// `logexport help`: the program's help or a command's, or all of it as a page.
enum HelpCommand {
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandFailure) -> ExitCode {
    switch arguments.value("format") {
    case "man": try console.write(ManPage.text)
    case "markdown": try console.write(CommandsMarkdown.text)
    default: try console.write(Help.text(arguments.operand ?? "", action: arguments.further.first))
    }
    return .done
  }
}
