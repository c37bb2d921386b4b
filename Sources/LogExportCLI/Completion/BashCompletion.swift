/// Completions for bash: one function, which looks at the command, the word before and the word at hand.
enum BashCompletion {
  /// The whole script, to be sourced.
  static var script: String {
    let commands = CommandName.all.map(\.name).joined(separator: " ")
    return """
      # bash completion for logexport: source <(logexport completion bash)
      _logexport_tables() {
        local options=() i
        for ((i = 2; i < COMP_CWORD; i++)); do
          case ${COMP_WORDS[i]} in
            -f|--spec|--chdir|--env-file)
              if [[ ${COMP_WORDS[i + 1]} == = ]]; then
                options+=("${COMP_WORDS[i]}" "${COMP_WORDS[i + 2]}")
              else
                options+=("${COMP_WORDS[i]}" "${COMP_WORDS[i + 1]}")
              fi ;;
          esac
        done
        "${COMP_WORDS[0]}" completion tables "${options[@]}" 2>/dev/null
      }

      _logexport() {
        local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} words=
        if [[ $cur == = ]]; then
          cur=
        elif [[ $prev == = ]]; then
          prev=${COMP_WORDS[COMP_CWORD - 2]}
        fi
        COMPREPLY=()
        if ((COMP_CWORD == 1)); then
          mapfile -t COMPREPLY < <(compgen -W "\(commands)" -- "$cur")
          return
        fi
        case ${COMP_WORDS[1]}:$prev in
      \(values)
          *)
            case ${COMP_WORDS[1]} in
      \(words)
            esac ;;
        esac
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
      }
      complete -F _logexport logexport

      """
  }

  /// A branch for each flag that takes a value.
  private static var values: String {
    Flag.all.compactMap { flag -> String? in
      guard let value = flag.value else { return nil }
      let spellings = ["--\(flag.name)"] + (flag.short.map { ["-\($0)"] } ?? [])
      let commands = flag.commands.isEmpty ? ["*"] : flag.commands
      let pattern = commands.flatMap { command in spellings.map { "\(command):\($0)" } }.joined(separator: "|")
      return "    \(pattern))\n      \(action(value)) ;;"
    }.joined(separator: "\n")
  }

  private static func action(_ value: FlagValue) -> String {
    switch value.kind {
    case .text: "return"
    case .file: files("-f")
    case .directory: files("-d")
    case .table: "words=$(_logexport_tables)"
    case .choice(let words): "words=\"\(words.joined(separator: " "))\""
    case .command: "words=\"\(CommandName.all.map(\.name).joined(separator: " "))\""
    }
  }

  /// Names with blanks stay whole, and are quoted by the shell where it knows that they are files.
  private static func files(_ kind: String) -> String {
    "compopt -o filenames 2>/dev/null\n      mapfile -t COMPREPLY < <(compgen \(kind) -- \"$cur\")\n      return"
  }

  /// A branch for each command: its flags where a dash was typed, else what follows it.
  private static var words: String {
    CommandName.all.map { command in
      var flags: [String] = []
      for flag in Flag.known(to: command.name) {
        flags.append("--\(flag.name)")
        if let short = flag.short { flags.append("-\(short)") }
      }
      let all = flags.joined(separator: " ")
      guard let operand = command.operand else { return "        \(command.name)) words=\"\(all)\" ;;" }
      var then = ""
      if let further = command.further, further != operand {
        then = "\n          elif ((COMP_CWORD > 2)); then\n            \(action(further))"
      }
      return """
                \(command.name))
                  if [[ $cur == -* ]]; then
                    words="\(all)"\(then)
                  else
                    \(action(operand))
                  fi ;;
        """
    }.joined(separator: "\n")
  }
}
