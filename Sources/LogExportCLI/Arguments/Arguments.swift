internal import Diagnostics

/// What was typed: a command and its flags, not yet interpreted.
package struct Arguments: Sendable, Equatable {
  package var command: String
  /// The values of each flag, in the order given; a switch has an empty one.
  package var values: [String: [String]]
  package var wantsHelp: Bool
  /// What follows the command without dashes, where it takes such a word.
  package var operand: String?
  /// Further such words, where the command takes them.
  package var further: [String]

  /// A command line that is known already.
  package init(
    command: String, values: [String: [String]] = [:], wantsHelp: Bool = false, operand: String? = nil,
    further: [String] = []
  ) {
    self.command = command
    self.values = values
    self.wantsHelp = wantsHelp
    self.operand = operand
    self.further = further
  }
}

extension Arguments {
  /// Reads a command line without the program's name.
  ///
  /// Throws with exit code 64, naming the nearest flag or command that exists.
  package init(parsing words: [String]) throws(CommandFailure) {
    var words = words[...]
    guard let command = words.popFirst() else {
      self.init(command: "", wantsHelp: true)
      return
    }
    let name = Self.spellings[command] ?? (words.isEmpty && ["-v", "-V"].contains(command) ? "version" : command)
    if name.hasPrefix("-") { throw Self.commandFirst(name, words) }
    guard let known = CommandName.named(name) else {
      throw Self.usage("there is no command '\(command)'", near: command, among: CommandName.all.map(\.name))
    }
    self.init(command: name)

    let flags = Flag.known(to: name)
    while let word = words.popFirst() {
      if known.operand != nil, operand == nil, !word.hasPrefix("-") {
        operand = word
        continue
      }
      if known.further != nil, !word.hasPrefix("-") {
        further.append(word)
        continue
      }
      let (flag, attached) = try Self.flag(word, among: flags, command: name)
      guard let wanted = flag.value else {
        if attached != nil { throw Self.usage("--\(flag.name) takes no value") }
        values[flag.name] = [""]
        continue
      }
      guard let value = attached ?? words.popFirst() else { throw Self.usage("--\(flag.name) needs \(wanted.name)") }
      if !flag.repeats, values[flag.name] != nil { throw Self.usage("--\(flag.name) is given twice") }
      if !wanted.choices.isEmpty, !wanted.choices.contains(value) {
        throw Self.notOne(of: wanted.choices, "--\(flag.name)", value)
      }
      values[flag.name, default: []].append(value)
    }
    wantsHelp = values["help"] != nil
    if !wantsHelp { try checkOperand(known) }
  }

  /// What a command line says of who reads the answer, also where the rest of it cannot be read.
  init(readersOf words: [String]) {
    let isLogJSON =
      words.contains("--log-format=json") || zip(words, words.dropFirst()).contains { $0 == ("--log-format", "json") }
    self.init(command: "")
    if words.contains("--json") { values["json"] = [""] }
    if isLogJSON { values["log-format"] = ["json"] }
  }

  /// Other ways to say a command.
  private static let spellings = ["--help": "help", "-h": "help", "--version": "version"]

  /// Options before the command are not read: which there are depends on it.
  private static func commandFirst(_ option: String, _ words: ArraySlice<String>) -> CommandFailure {
    let command = words.first { CommandName.named($0) != nil } ?? "plan"
    return CommandFailure(
      .usage,
      "the command comes first, then its options: logexport \(command) \(option) …\n  logexport --help lists what there is"
    )
  }

  private func checkOperand(_ command: CommandName) throws(CommandFailure) {
    guard let wanted = command.operand else { return }
    guard let operand else {
      if command.operandIsOptional { return }
      let choices = wanted.choices.joined(separator: ", ")
      throw Self.usage("'\(command.name)' needs \(choices.isEmpty ? wanted.name : "one of \(choices)")")
    }
    if wanted.kind == .command, CommandName.named(operand) == nil {
      throw Self.usage("there is no command '\(operand)'", near: operand, among: CommandName.all.map(\.name))
    }
    if !wanted.choices.isEmpty, !wanted.choices.contains(operand) {
      throw Self.notOne(of: wanted.choices, "'\(command.name)'", operand)
    }
    if wanted.kind == .command { try checkAction(of: operand) }
  }

  /// What may follow a command that is asked about: what follows it where it is run.
  private func checkAction(of operand: String) throws(CommandFailure) {
    let actions = CommandName.named(operand)?.operand?.choices ?? []
    guard let action = further.first else { return }
    if actions.isEmpty || further.count > 1 {
      throw Self.usage("'help' takes no argument '\(actions.isEmpty ? action : further[1])'")
    }
    guard actions.contains(action) else { throw Self.notOne(of: actions, "'\(operand)'", action) }
  }

  private static func notOne(of choices: [String], _ place: String, _ value: String) -> CommandFailure {
    let nearest = nearestName(to: value, among: choices).map { "; did you mean '\($0)'?" } ?? ""
    return CommandFailure(.usage, "\(place) is one of \(choices.joined(separator: ", ")), not '\(value)'\(nearest)")
  }

  private static func flag(
    _ word: String, among known: [Flag], command: String
  ) throws(CommandFailure) -> (Flag, attached: String?) {
    if word.hasPrefix("--") {
      let halves = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = halves.first.map(String.init) ?? ""
      if let flag = known.first(where: { $0.name == name }) {
        return (flag, halves.count == 2 ? String(halves[1]) : nil)
      }
      if Flag.all.contains(where: { $0.name == name }) { throw usage("'\(command)' has no --\(name)") }
      throw usage("there is no option '\(word)'", near: name, among: known.map(\.name), prefix: "--")
    }
    if word.hasPrefix("-"), word.count == 2, let flag = known.first(where: { $0.short == word.last }) {
      return (flag, nil)
    }
    throw usage(word.hasPrefix("-") ? "there is no option '\(word)'" : "'\(command)' takes no argument '\(word)'")
  }

  private static func usage(
    _ problem: String, near word: String? = nil, among names: [String] = [], prefix: String = ""
  ) -> CommandFailure {
    var message = problem
    if let word, let nearest = nearestName(to: word, among: names) {
      message += "; did you mean '\(prefix)\(nearest)'?"
    }
    return CommandFailure(.usage, message + "\n  logexport --help lists what there is")
  }
}

extension Arguments {
  /// Whether the flag was given.
  package func has(_ flag: String) -> Bool { values[flag] != nil }
  /// The last value of a flag, one of its choices where it has some; nil where it was not given.
  package func value(_ flag: String) -> String? { values[flag]?.last }
  /// Every value of a flag, in the order given.
  package func all(_ flag: String) -> [String] { values[flag] ?? [] }
}
