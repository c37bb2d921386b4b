internal import Planning

/// `logexport show`: a plan file as `plan` showed it, or against another one.
enum ShowCommand {
  static func run(_ arguments: Arguments, _ console: Console) throws -> ExitCode {
    let format = try PlanFormat(arguments)
    let file = try PlanFile.read(arguments.operand ?? "")
    guard let other = arguments.value("against") else {
      try PlanCommand.show(file, format, console)
      return .done
    }
    let view = PlanComparisonView(file, against: try PlanFile.read(other))
    switch format {
    case .text: try console.write(view.text(console.style))
    case .markdown: try console.write(view.markdown)
    case .json: try console.write(view.json)
    }
    return .done
  }
}

/// How a plan is shown.
enum PlanFormat: String, CaseIterable {
  case text, markdown, json

  /// What `--format` says, or else `--json`.
  init(_ arguments: Arguments) throws(CommandFailure) {
    let fallback = arguments.has("json") ? Self.json : .text
    let text = try arguments.choice("format", of: Self.allCases.map(\.rawValue), default: fallback.rawValue)
    self = Self(rawValue: text) ?? fallback
  }
}
