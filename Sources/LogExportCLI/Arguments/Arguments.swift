internal import Diagnostics

/// What was typed: a command and its flags, not yet interpreted.
package struct Arguments: Sendable, Equatable {
  package var command: String
  /// The values of each flag, in the order given; a switch has an empty one.
  package var values: [String: [String]]
  package var wantsHelp: Bool
  /// What follows the command without dashes, where it takes such a word.
  package var operand: String?
}

extension Arguments {
  /// Reads a command line without the program's name.
  ///
  /// Throws with exit code 64, naming the nearest flag or command that exists.
  package init(parsing words: [String]) throws(CommandFailure) {
    var words = words[...]
    guard let command = words.popFirst() else {
      self.init(command: "", values: [:], wantsHelp: true)
      return
    }
    if command == "--help" || command == "-h" || command == "help" {
      self.init(command: words.first ?? "", values: [:], wantsHelp: true)
      return
    }
    let name = command == "--version" ? "version" : command
    guard let asked = CommandName.all.first(where: { $0.name == name }) else {
      throw Self.usage("there is no command '\(command)'", near: command, among: CommandName.all.map(\.name))
    }
    self.init(command: name, values: [:], wantsHelp: false)

    let known = Flag.known(to: name)
    while let word = words.popFirst() {
      if asked.operand != nil, operand == nil, !word.hasPrefix("-") {
        operand = word
        continue
      }
      let (flag, attached) = try Self.flag(word, among: known, command: name)
      guard let valueName = flag.value else {
        if attached != nil { throw Self.usage("--\(flag.name) takes no value") }
        values[flag.name] = [""]
        continue
      }
      guard let value = attached ?? words.popFirst() else { throw Self.usage("--\(flag.name) needs \(valueName)") }
      if !flag.repeats, values[flag.name] != nil { throw Self.usage("--\(flag.name) is given twice") }
      values[flag.name, default: []].append(value)
    }
    wantsHelp = values["help"] != nil
    if let wanted = asked.operand, operand == nil, !wantsHelp { throw Self.usage("'\(name)' needs \(wanted)") }
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
  /// The last value of a flag; nil where it was not given.
  package func value(_ flag: String) -> String? { values[flag]?.last }
  /// Every value of a flag, in the order given.
  package func all(_ flag: String) -> [String] { values[flag] ?? [] }

  /// A value that must be one of a few.
  package func choice(_ flag: String, of choices: [String], default fallback: String) throws(CommandFailure) -> String {
    guard let value = value(flag) else { return fallback }
    guard choices.contains(value) else {
      throw CommandFailure(.usage, "--\(flag) is one of \(choices.joined(separator: ", ")), not '\(value)'")
    }
    return value
  }
}
