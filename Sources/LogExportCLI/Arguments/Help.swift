/// The help texts, made from the tables of commands and flags.
enum Help {
  /// The program's, or one command's.
  static func text(_ command: String) -> String {
    guard let known = CommandName.all.first(where: { $0.name == command }) else { return overview }
    return
      "logexport \(known.name): \(known.help)\n\nUsage: logexport \(known.name)\(known.operand.map { " \($0)" } ?? "") [options]\n\nOptions:\n"
      + flags(Flag.known(to: command))
  }

  private static var overview: String {
    let width = (CommandName.all.map(\.name.count).max() ?? 0) + 2
    let commands = CommandName.all.map { "  \(padded($0.name, width))\($0.help)\n" }.joined()
    return """
      logexport: exports Azure Log Analytics tables to blob storage, provably complete

      Usage: logexport COMMAND [options]

      Commands:
      \(commands)
      logexport COMMAND --help says more. Exit codes: 0 done, 1 error, 2 differences,
      3 partly done, 5 service unavailable, 11 locked, 12 not authorised, 64 usage, 130 and 143 interrupted.

      """
  }

  private static func flags(_ flags: [Flag]) -> String {
    let labels = flags.map { flag in
      "\(flag.short.map { "-\($0), " } ?? "    ")--\(flag.name)\(flag.value.map { " \($0)" } ?? "")"
    }
    let width = (labels.map(\.count).max() ?? 0) + 2
    return zip(labels, flags).map { "  \(padded($0, width))\($1.help)\n" }.joined()
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
