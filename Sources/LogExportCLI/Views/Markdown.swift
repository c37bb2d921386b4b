/// Text as GitHub Flavored Markdown takes it.
enum Markdown {
  /// Text that stands for itself: nothing in it is markup, a mention, or the end of a table's cell.
  static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      // A name after it would be told of the comment.
      case "@": result += "&#64;"
      case "|", "\\", "`", "*", "[", "]": result += "\\\(character)"
      case _ where character.isNewline: result += " "
      default: result.append(character)
      }
    }
    return result
  }
}

/// A table of texts, none of them markup.
struct MarkdownTable {
  var columns: [String]
  /// From this column on figures are set right, but not in the last.
  var rightFrom: Int
  var rows: [[String]]

  /// As many of the rows as `room` characters hold, and how many `more` there are.
  func render(within room: Int, more noun: String) -> String {
    let last = columns.count - 1
    var text = line(columns)
    text += "|" + columns.indices.map { $0 >= rightFrom && $0 < last ? "--:|" : "---|" }.joined() + "\n"
    // Room for the line about what is left out.
    var rest = room - text.count - 80
    for (index, row) in rows.enumerated() {
      let next = line(row.map(Markdown.escaped))
      rest -= next.count
      guard rest >= 0 else {
        return text + "\n\(Quantity.of(rows.count - index, "more \(noun)")); `logexport show` has them all.\n"
      }
      text += next
    }
    return text
  }

  private func line(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |\n" }
}
