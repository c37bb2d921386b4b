/// Colours of the terminal, or none.
struct Style: Sendable {
  let colours: Bool

  func green(_ text: String) -> String { wrap(text, 32) }
  func yellow(_ text: String) -> String { wrap(text, 33) }
  func red(_ text: String) -> String { wrap(text, 31) }
  func bold(_ text: String) -> String { wrap(text, 1) }
  func dim(_ text: String) -> String { wrap(text, 2) }

  /// Select Graphic Rendition of ECMA-48.
  private func wrap(_ text: String, _ code: Int) -> String {
    colours ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
