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

  /// A text as one word of any of the three, which agree but for the quote itself.
  func quoted(_ text: String) -> String {
    "'\(text.replacing("'", with: self == .fish ? "\\'" : "'\\''"))'"
  }
}
