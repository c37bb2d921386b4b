/// The help texts, made from the tables of commands and flags.
enum Help {
  /// The program's, or one command's, or that of one of its actions.
  static func text(_ command: String, action: String? = nil) -> String {
    guard let known = CommandName.named(command) else { return overview }
    guard let action = known.action(action) else {
      return page(
        "logexport \(known.name): \(known.help)", known.usage, known.description, Flag.known(to: command),
        known.examples)
    }
    let name = "logexport \(known.name) \(action.name)"
    let usage = "\(name)\(action.operand.map { " \($0.name)" } ?? "") [options]"
    return page(
      name, usage, action.description, known.flags(of: action), known.examples.filter { $0.hasPrefix(name) })
  }

  private static func page(
    _ title: String, _ usage: String, _ description: String, _ known: [Flag], _ examples: [String]
  ) -> String {
    """
    \(title)

    Usage: \(usage)

    \(paragraphs(description))

    Options:
    \(flags(known))
    \(examples.count == 1 ? "Example" : "Examples"):
    \(examples.map { "  \($0)\n" }.joined())
    """
  }

  private static var overview: String {
    let width = (CommandName.all.map(\.name.count).max() ?? 0) + 2
    let commands = CommandName.all.map { "  \(padded($0.name, width))\($0.help)\n" }.joined()
    let codes = ExitCode.allCases.map { "\($0.rawValue) \($0.meaning)" }.joined(separator: ", ")
    return """
      logexport: exports Azure Log Analytics tables to blob storage, provably complete

      Usage: logexport COMMAND [options]

      Commands:
      \(commands)
      `logexport help COMMAND` says more.
      \(paragraphs("Exit codes: \(codes)."))

      """
  }

  private static func flags(_ flags: [Flag]) -> String {
    let labels = flags.map { ($0.short == nil ? "    " : "") + $0.label }
    let width = (labels.map(\.count).max() ?? 0) + 2
    return zip(labels, flags).map { "  \(padded($0, width))\($1.help)\n" }.joined()
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  /// Wrapped at 78 columns; what is indented stays as it is.
  private static func paragraphs(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.hasPrefix(" ") ? String(line) : wrapped(line)
    }.joined(separator: "\n")
  }

  private static func wrapped(_ text: Substring) -> String {
    var lines: [String] = [""]
    for word in text.split(separator: " ") {
      let last = lines.count - 1
      if lines[last].isEmpty {
        lines[last] = String(word)
      } else if lines[last].count + 1 + word.count <= 78 {
        lines[last] += " \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines.joined(separator: "\n")
  }
}

extension Flag {
  /// `-f, --spec FILE`.
  var label: String { "\(short.map { "-\($0), " } ?? "")--\(name)\(value.map { " \($0.name)" } ?? "")" }
}
