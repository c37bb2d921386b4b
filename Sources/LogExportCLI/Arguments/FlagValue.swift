/// What a flag or a command's argument takes, which completions and the help go by.
struct FlagValue: Sendable, Equatable {
  /// As the help names it: `FILE`.
  let name: String
  let kind: Kind

  /// What completes it.
  enum Kind: Sendable, Equatable {
    /// Only its writer knows.
    case text
    case file, directory
    /// A table of the spec, or a pattern of its tables.
    case table
    /// One of a few words.
    case choice([String])
    /// A command of this program.
    case command
  }

  init(_ name: String, _ kind: Kind) {
    self.name = name
    self.kind = kind
  }
}

extension FlagValue {
  /// A file of any kind.
  static let file = FlagValue("FILE", .file)
  /// A directory.
  static let directory = FlagValue("DIR", .directory)
  /// A table's name, or a pattern of names.
  static let table = FlagValue("GLOB", .table)
  /// A command of this program.
  static let command = FlagValue("COMMAND", .command)

  /// One of a few words; the parser refuses any other.
  static func choice(_ name: String, _ words: [String]) -> FlagValue { FlagValue(name, .choice(words)) }

  /// The words of which a value must be one; empty where anything may be said.
  var choices: [String] {
    if case .choice(let words) = kind { return words }
    return []
  }
}

extension FlagValue: ExpressibleByStringLiteral {
  /// A value that only its writer knows: `"N"`, `"TIME"`.
  init(stringLiteral name: String) { self.init(name, .text) }
}
