/// A text of several lines as a terminal may safely show it.
package func displayable(_ text: String) -> String {
  text.split(separator: "\n", omittingEmptySubsequences: false).map { DisplayText($0.unicodeScalars).text }
    .joined(separator: "\n")
}

/// A text as a terminal may safely show it, with the columns that it takes.
///
/// Control characters, which could move the cursor or recolour the screen, and
/// characters that change the direction of writing are replaced by `·`; a tab
/// becomes one space, so that a caret beneath still meets its mark.
package struct DisplayText: Sendable {
  package private(set) var text = ""
  /// Columns on a terminal.
  package private(set) var width = 0

  package init(_ scalars: some Sequence<Unicode.Scalar>) {
    for scalar in scalars {
      let shown = Self.visible(scalar)
      text.unicodeScalars.append(shown)
      width += Self.width(shown)
    }
  }

  private static func visible(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.value {
    case 0x09: " "
    case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF: "·"
    // Bidirectional embeddings, overrides and isolates.
    case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: "·"
    default: scalar
    }
  }

  /// 0 for marks that combine, 2 for the wide scripts (UAX #11, in broad ranges), otherwise 1.
  private static func width(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case 0x20..<0x300: 1
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      2
    default:
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .enclosingMark, .format: 0
      default: 1
      }
    }
  }
}
