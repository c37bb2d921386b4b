/// Completions for fish: one line for each command, flag and value.
enum FishCompletion {
  /// The whole script, to be sourced.
  static var script: String {
    var lines = [
      """
      # fish completion for logexport: logexport completion fish > ~/.config/fish/completions/logexport.fish
      function __logexport_tables
        set -l options
        set -l words (commandline -opc)
        for i in (seq (count $words))
          switch $words[$i]
            case -f --spec --chdir --env-file
              set -a options $words[$i] $words[(math $i + 1)]
            case '--spec=*' '--chdir=*' '--env-file=*'
              set -a options $words[$i]
          end
        end
        $words[1] completion tables $options 2>/dev/null
      end
      complete -c logexport -f
      """
    ]
    for command in CommandName.all {
      lines.append("complete -c logexport -n __fish_use_subcommand -a \(command.name) -d \(quoted(command.help))")
      guard let operand = command.operand else { continue }
      let chosen = command.actions.map(\.name).joined(separator: " ")
      let isOpen = chosen.isEmpty ? "" : "; and not __fish_seen_subcommand_from \(chosen)"
      lines.append(
        "complete -c logexport -n \(quoted("__fish_seen_subcommand_from \(command.name)\(isOpen)")) \(action(operand))")
      for one in command.actions {
        guard let operand = one.operand else { continue }
        let condition = "__fish_seen_subcommand_from \(command.name); and __fish_seen_subcommand_from \(one.name)"
        lines.append("complete -c logexport -n \(quoted(condition)) \(action(operand))")
      }
      if !command.actions.isEmpty { continue }
      guard let further = command.further, further != operand else { continue }
      lines.append(
        "complete -c logexport -n \(quoted("__fish_seen_subcommand_from \(command.name)")) \(action(further))")
    }
    lines += Flag.all.map(line)
    return lines.joined(separator: "\n") + "\n"
  }

  private static func line(_ flag: Flag) -> String {
    var words = ["complete -c logexport"]
    if !flag.commands.isEmpty {
      words.append("-n \(quoted("__fish_seen_subcommand_from \(flag.commands.joined(separator: " "))"))")
    }
    words.append("-l \(flag.name)")
    if let short = flag.short { words.append("-s \(short)") }
    if let value = flag.value { words.append(value.kind == .file ? "-r -F" : "-x \(action(value))") }
    words.append("-d \(quoted(flag.help))")
    return words.filter { !$0.isEmpty }.joined(separator: " ")
  }

  private static func action(_ value: FlagValue) -> String {
    switch value.kind {
    case .text: ""
    case .file: "-F"
    case .directory: "-a '(__fish_complete_directories)'"
    case .table: "-a '(__logexport_tables)'"
    case .choice(let words): "-a \(quoted(words.joined(separator: " ")))"
    case .command: "-a \(quoted(CommandName.all.map(\.name).joined(separator: " ")))"
    }
  }

  private static func quoted(_ text: String) -> String { Shell.fish.quoted(text) }
}
