internal import Azure
internal import Export
internal import ExportSpec
internal import FoundationEssentials
internal import Planning

/// `logexport plan`: says what is missing and what it takes. Writes nothing but the plan file.
enum PlanCommand {
  static func run(_ arguments: Arguments, _ environment: [String: String], _ console: Console) async throws -> ExitCode
  {
    let format = PlanFormat(arguments)
    var session = try Session.open(arguments, environment: environment, console: console) { _ in }
    if Scope(arguments) != .resources { try await session.inform() }
    let plan = try await session.plan(Scope(arguments))
    let file = session.planFile(plan)
    if let path = arguments.value("out") {
      try save(file, path)
      try show(file, format, detail: plan, console)
      if format == .text, !arguments.has("quiet") {
        try console.write("Saved as \(path), \(PlanDigest(file).text).\n")
      }
    } else {
      try show(file, format, detail: plan, console)
    }
    console.report(plan.failures)
    if !plan.failures.isEmpty { return ExitCode(plan.failures.map(\.kind)) }
    return arguments.has("detailed-exitcode") && !plan.isEmpty ? .differences : .done
  }

  /// Writes a plan to stdout; every action of it as JSON where the plan itself is at hand.
  static func show(_ file: PlanFile, _ format: PlanFormat, detail plan: Plan? = nil, _ console: Console) throws {
    switch format {
    case .text: try console.write(PlanText(plan: file, style: console.style).render())
    case .markdown: try console.write(PlanMarkdown(plan: file).render())
    case .json:
      var pending = ""
      try PlanJSON(file, detail: plan).write { piece in
        pending += piece
        if pending.utf8.count < 1 << 16 { return }
        try console.write(pending)
        pending = ""
      }
      try console.write(pending)
    }
  }

  /// Writes the plan file, whole or not at all.
  private static func save(_ file: PlanFile, _ path: String) throws(CommandFailure) {
    var text = ""
    PlanJSON(file).write { text += $0 }
    // A service's refusal, which stands among the failures, may repeat what it was sent.
    try OutputFile.write(Data(KnownSecrets.masked(text).utf8), to: path)
  }
}

extension Session {
  /// The plan as it is written down.
  func planFile(_ plan: Plan) -> PlanFile {
    let spec = PlanFile.Spec(path: file.path, name: file.spec.name, hash: file.hash)
    var remarks = self.remarks
    if !plan.undeclaredTables.isEmpty {
      remarks.append(
        "The manifest also has \(plan.undeclaredTables.joined(separator: ", ")), which the spec does not declare; kept (prune deletes it by name)."
      )
    }
    return PlanFile(plan, spec: spec, options: options, remarks: remarks)
  }
}

extension ExitCode {
  /// What failures of tables or slices come to when nothing else was done.
  init(_ failures: [TableFailure.Kind]) {
    if failures.allSatisfy({ $0 == .unavailable }) {
      self = .unavailable
    } else if failures.allSatisfy({ $0 == .denied }) {
      self = .denied
    } else {
      self = .error
    }
  }
}
