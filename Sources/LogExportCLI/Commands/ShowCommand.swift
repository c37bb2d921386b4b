internal import Planning

/// `logexport show`: a plan file as `plan` showed it, or against another one.
enum ShowCommand {
  static func run(_ arguments: Arguments, _ console: Console) throws -> ExitCode {
    let format = PlanFormat(arguments)
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
  init(_ arguments: Arguments) {
    let fallback = arguments.has("json") ? Self.json : .text
    self = arguments.value("format").flatMap(Self.init(rawValue:)) ?? fallback
  }
}
