/// Completions for zsh, by `_arguments` of its completion system.
enum ZshCompletion {
  /// The whole script, to be sourced.
  static var script: String {
    let commands = CommandName.all.map { Shell.zsh.quoted("\($0.name):\(escaped($0.help))") }
    return """
      #compdef logexport
      # zsh completion for logexport: logexport completion zsh > "${fpath[1]}/_logexport"
      _logexport_tables() {
        local -a options tables
        local i
        for ((i = 1; i < CURRENT; i++)); do
          case $words[i] in
            (-f|--spec|--chdir|--env-file) options+=($words[i] $words[i+1]) ;;
            (--spec=*|--chdir=*|--env-file=*) options+=($words[i]) ;;
          esac
        done
        tables=(${(f)"$(_call_program tables logexport completion tables ${(q)options} 2>/dev/null)"})
        compadd -a tables
      }

      _logexport() {
        local -a commands common
        commands=(
      \(commands.map { "    \($0)" }.joined(separator: "\n"))
        )
        if ((CURRENT == 2)); then
          _describe command commands
          return
        fi
        common=(
      \(Flag.all.filter(\.commands.isEmpty).flatMap(specifications).map { "    \($0)" }.joined(separator: "\n"))
        )
        local command=$words[2]
        shift words
        ((CURRENT--))
        case $command in
      \(CommandName.all.map(branch).joined(separator: "\n"))
        esac
      }

      if [[ $funcstack[1] == _logexport ]]; then
        _logexport "$@"
      else
        compdef _logexport logexport
      fi

      """
  }

  private static func branch(_ command: CommandName) -> String {
    var words = ["_arguments", "$common"]
    for flag in Flag.all where flag.commands.contains(command.name) { words += specifications(flag) }
    if let operand = command.operand { words.append(Shell.zsh.quoted("1:\(operand.name):\(action(operand))")) }
    if let further = command.further { words.append(Shell.zsh.quoted("*:\(further.name):\(action(further))")) }
    return "    (\(command.name))\n      \(words.joined(separator: " \\\n        ")) ;;"
  }

  /// One for each spelling; `*` where the flag may be given again.
  private static func specifications(_ flag: Flag) -> [String] {
    let value = flag.value.map { ":\($0.name):\(action($0))" } ?? ""
    let spellings = ["--\(flag.name)"] + (flag.short.map { ["-\($0)"] } ?? [])
    return spellings.map { spelling in
      let others = flag.repeats ? "*" : "(\(spellings.joined(separator: " ")))"
      let attached = flag.value != nil && spelling.hasPrefix("--") ? "=" : ""
      return Shell.zsh.quoted("\(others)\(spelling)\(attached)[\(escaped(flag.help))]\(value)")
    }
  }

  private static func action(_ value: FlagValue) -> String {
    switch value.kind {
    case .text: " "
    case .file: "_files"
    case .directory: "_files -/"
    case .table: "_logexport_tables"
    case .choice(let words): "(\(words.joined(separator: " ")))"
    case .command: "(\(CommandName.all.map(\.name).joined(separator: " ")))"
    }
  }

  /// What has a meaning within a specification.
  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("[", with: "\\[").replacing("]", with: "\\]")
      .replacing(":", with: "\\:")
  }
}
