/// The shells that completions are written for.
enum Shell: String, CaseIterable, Sendable {
  case bash, zsh, fish

  /// The script that teaches the shell this program's commands and flags.
  var completions: String {
    switch self {
    case .bash: BashCompletion.script
    case .zsh: ZshCompletion.script
    case .fish: FishCompletion.script
    }
  }

  /// A text as one word of any of them, quoted where it must be.
  static func word(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || "-_./".utf8.contains(byte)
    }
    return isPlain && !text.isEmpty ? text : Shell.bash.quoted(text)
  }

  /// A text as one word of any of the three, which agree but for the quote itself.
  func quoted(_ text: String) -> String {
    "'\(text.replacing("'", with: self == .fish ? "\\'" : "'\\''"))'"
  }
}
