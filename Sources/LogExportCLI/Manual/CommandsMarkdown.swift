/// docs/commands.md, made from the tables of commands and flags.
enum CommandsMarkdown {
  /// The whole page.
  static var text: String {
    var page = """
      # Commands

      Made by `logexport help --format markdown`; `logexport help --format man | man -l -` shows the same as a man page.

      | command | |
      |---|---|

      """
    for command in CommandName.all { page += "| [`\(command.name)`](#\(command.name)) | \(command.help) |\n" }
    page += "\nEvery command knows these options; [exit-codes.md](exit-codes.md) lists what commands end with.\n\n"
    page += table(Flag.all.filter(\.commands.isEmpty))
    for command in CommandName.all {
      page += "\n## \(command.name)\n\n"
      page += "```\n\(command.usage)\n```\n\n\(text(command.description))\n"
      let own = Flag.all.filter { $0.commands.contains(command.name) }
      if !own.isEmpty { page += "\n" + table(own) }
      page += "\n```\n\(command.examples.joined(separator: "\n"))\n```\n"
    }
    return page
  }

  private static func table(_ flags: [Flag]) -> String {
    "| option | |\n|---|---|\n" + flags.map { "| `\($0.label)` | \(cell($0.help)) |\n" }.joined()
  }

  private static func cell(_ text: String) -> String {
    text.replacing("|", with: "\\|").replacing("*", with: "\\*").replacing("_", with: "\\_")
  }

  /// Indented lines become a block of code.
  private static func text(_ description: String) -> String {
    var result: [String] = []
    var isCode = false
    for line in description.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix(" ") != isCode {
        isCode.toggle()
        result.append("```")
      }
      result.append(line.hasPrefix("  ") ? String(line.dropFirst(2)) : String(line))
    }
    if isCode { result.append("```") }
    return result.joined(separator: "\n")
  }
}
