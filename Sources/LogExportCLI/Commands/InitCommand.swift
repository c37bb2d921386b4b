internal import Diagnostics
internal import Export
internal import ExportSpec
internal import FoundationEssentials
internal import Timeline

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// `logexport init`: writes a spec to begin with, from options and from what a person answers.
struct InitCommand {
  private let arguments: Arguments
  private let environment: [String: String]
  private let console: Console
  private let path: String

  static func run(_ arguments: Arguments, _ environment: [String: String], _ console: Console) async throws -> ExitCode
  {
    let path = arguments.value("spec") ?? SpecFile.standard
    guard path == "-" || arguments.has("force") || !FileManager.default.fileExists(atPath: path) else {
      throw CommandFailure(.error, "\(path) exists\n  --force writes over it; -f FILE writes another.")
    }
    let command = InitCommand(arguments: arguments, environment: environment, console: console, path: path)
    if !Console.canAsk { try command.refuseGaps() }
    let draft = try await command.draft()
    let file = try command.check(draft)
    if path == "-" {
      try console.write(draft.text)
      return .done
    }
    try command.write(draft.text)
    try console.write(
      console.naming(
        """
        \(path) is written: \(Quantity.of(file.spec.tables.count, "table")).
        Next: logexport doctor, then logexport plan.

        """))
    return .done
  }

  /// Without a terminal everything must be said, and what is not is named at once.
  private func refuseGaps() throws(CommandFailure) {
    var gaps: [String] = []
    if arguments.value("workspace") ?? variable == nil { gaps.append("--workspace GUID") }
    if !arguments.has("account"), !arguments.has("directory") { gaps.append("--account NAME or --directory DIR") }
    if !arguments.has("table") { gaps.append("--table NAME, or --table '*' for all that the workspace has") }
    guard gaps.isEmpty else {
      throw CommandFailure(.usage, "there is no terminal to ask on; say also\n  " + gaps.joined(separator: "\n  "))
    }
  }

  private var variable: String? {
    environment["LOG_ANALYTICS_WORKSPACE_ID"].flatMap { $0.isEmpty ? nil : $0 }
  }
}

// MARK: - The answers

extension InitCommand {
  private func draft() async throws -> SpecDraft {
    let cloud = arguments.value("cloud").flatMap(Cloud.init) ?? .public
    // Something to check an answer in.
    var draft = SpecDraft(
      name: arguments.value("name"), workspace: try await workspace(), cloud: cloud,
      endpoint: arguments.value("endpoint"), store: .directory("."), range: .last("1d"), tables: ["Usage"])
    draft.store = try await store(draft)
    draft.range = try await range()
    draft.tables = try await tables(draft)
    return draft
  }

  private func workspace() async throws(CommandFailure) -> String {
    if let given = arguments.value("workspace") { return try Self.workspace(given) }
    let reference = "${env:LOG_ANALYTICS_WORKSPACE_ID}"
    // One that is no workspace is asked about below, where it is said what is wrong.
    if let variable, (try? Self.workspace(variable)) != nil {
      if !Console.canAsk { return reference }
      return try await Question.ask("Workspace id", default: reference) { answer throws(CommandFailure) in
        answer == reference ? reference : try Self.workspace(answer)
      }
    }
    return try await Question.ask("Workspace id (a GUID, on its page in the portal)", Self.workspace)
  }

  private static func workspace(_ text: String) throws(CommandFailure) -> String {
    guard let id = UUID(uuidString: text) else {
      throw CommandFailure(.usage, "'\(text)' is no GUID: the id of a workspace, not its name")
    }
    return id.uuidString.lowercased()
  }

  private func store(_ draft: SpecDraft) async throws(CommandFailure) -> StoreLocation {
    switch (arguments.value("account"), arguments.value("directory")) {
    case (_?, _?): throw CommandFailure(.usage, "--account and --directory exclude each other")
    case (let account?, nil): return try Self.store(account)
    case (nil, let directory?): return .directory(directory)
    case (nil, nil):
      return try await Question.ask("Storage account, or a directory such as ./archive") {
        answer throws(CommandFailure) in
        var draft = draft
        draft.store = try Self.store(answer)
        _ = try check(draft)
        return draft.store
      }
    }
  }

  private static func store(_ text: String) throws(CommandFailure) -> StoreLocation {
    if text.contains("://") { return .url(text) }
    if text.contains("/") { return .directory(text) }
    let isName = (3...24).contains(text.utf8.count) && text.utf8.allSatisfy { 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 }
    guard isName else {
      throw CommandFailure(.usage, "'\(text)' is no storage account: 3 to 24 lower-case letters and digits")
    }
    return .account(text)
  }

  private func range() async throws(CommandFailure) -> SpecDraft.Range {
    if let last = arguments.value("last") {
      if arguments.has("from") || arguments.has("to") {
        throw CommandFailure(.usage, "--last and --from exclude each other, and --last ends now")
      }
      return .last(last)
    }
    if let from = arguments.value("from") {
      return .from(try Self.time(from), to: try arguments.value("to").map(Self.time))
    }
    if arguments.has("to") { throw CommandFailure(.usage, "--to needs --from") }
    if !Console.canAsk { return .last("90d") }
    return try await Question.ask("How far back: a length such as 90d, or a date", default: "90d") {
      answer throws(CommandFailure) in
      if Tick(iso8601: answer) != nil { return .from(answer, to: nil) }
      guard answer.last.map({ "mhd".contains($0) }) ?? false, Int(answer.dropLast()) ?? 0 > 0 else {
        throw CommandFailure(.usage, "write 90d, 12h, 2025-01-31 or 2025-01-31T10:00:00Z")
      }
      return .last(answer)
    }
  }

  private static func time(_ text: String) throws(CommandFailure) -> String {
    guard Tick(iso8601: text) != nil else {
      throw CommandFailure(.usage, "'\(text)' is no time\n  Write 2025-01-31 or 2025-01-31T10:00:00Z.")
    }
    return text
  }
}

// MARK: - The tables

extension InitCommand {
  /// Those of the options, patterns among them resolved; else those that a person picks.
  private func tables(_ draft: SpecDraft) async throws -> [String] {
    let given = arguments.all("table")
    if let wrong = given.first(where: { !isIdentifier($0.replacing("*", with: "a").replacing("?", with: "a")) }) {
      throw CommandFailure(
        .usage, "--table '\(wrong)' is no name of a table\n  Letters, digits and _; * and ? stand for others of them.")
    }
    if !given.isEmpty, given.allSatisfy(isIdentifier) { return given }
    let (source, known): (any LogSource, WorkspaceTables)
    do {
      source = try connect(draft)
      known = try await list(source)
    } catch {
      let failure = CommandFailure(error)
      guard given.isEmpty, Console.canAsk, !Task.isCancelled else {
        throw CommandFailure(
          failure.code, "the workspace's tables cannot be listed: \(failure.message)\n  Name each with --table NAME.")
      }
      console.error("The workspace's tables cannot be listed: \(failure.message)")
      return try await Question.ask("Tables, by name") { answer throws(CommandFailure) in
        let names = answer.split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init)
        if let wrong = names.first(where: { !isIdentifier($0) }) {
          throw CommandFailure(.usage, "'\(wrong)' is no name of a table")
        }
        if names.isEmpty { throw CommandFailure(.usage, "name one at least") }
        return names
      }
    }
    if !given.isEmpty { return try Self.pick(given.joined(separator: ","), known) }
    Console.prompt("\nTables that got data in the last \(WorkspaceTables.days) days:\n\(known.text)")
    return try await Question.ask("Which: numbers (1,3-5), names, or all", default: "all") {
      answer throws(CommandFailure) in
      let picked = try Self.pick(answer, known)
      for name in picked where !known.tables.contains(where: { $0.name == name }) {
        if await known.isAbsent(name, from: source) { throw Self.unknown(name, known) }
      }
      return picked
    }
  }

  private static func unknown(_ name: String, _ known: WorkspaceTables) -> CommandFailure {
    let near = nearestName(to: name, among: known.tables.map(\.name)).map { "; did you mean '\($0)'?" } ?? ""
    return CommandFailure(.usage, "'\(name)' is no table of the workspace\(near)")
  }

  private static func pick(_ answer: String, _ known: WorkspaceTables) throws(CommandFailure) -> [String] {
    let (names, unknown) = known.picked(answer)
    if let unknown { throw Self.unknown(unknown, known) }
    guard !names.isEmpty else { throw CommandFailure(.usage, "no table is picked") }
    return names
  }

  private func connect(_ draft: SpecDraft) throws -> any LogSource {
    try Connection(try check(draft), arguments, log: try console.log(arguments)) { _ in }.source()
  }

  private func list(_ source: any LogSource) async throws -> WorkspaceTables {
    let tables = try await WorkspaceTables(of: source)
    guard !tables.tables.isEmpty else {
      throw CommandFailure(.error, "no table got data in the last \(WorkspaceTables.days) days")
    }
    return tables
  }
}

// MARK: - The file

extension InitCommand {
  /// What is written must be valid, whatever was answered.
  private func check(_ draft: SpecDraft) throws(CommandFailure) -> SpecFile {
    let (spec, diagnostics) = ExportSpec.decode(text: draft.text, file: path, environment: environment)
    guard let spec else {
      let first = diagnostics.first { $0.severity == .error }
      throw CommandFailure(
        .usage, "these answers make no valid spec: \(first?.summary ?? "")" + (first?.remedy.map { "\n  \($0)" } ?? ""))
    }
    return SpecFile(path: path, spec: spec, environment: environment, text: draft.text)
  }

  /// Creates the file; never over one that exists, unless that was said.
  private func write(_ text: String) throws(CommandFailure) {
    let flags = O_WRONLY | O_CREAT | O_CLOEXEC | (arguments.has("force") ? O_TRUNC : O_EXCL)
    let descriptor = open(path, flags, 0o644)
    guard descriptor >= 0 else {
      throw CommandFailure(.error, "\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
    let problem = put(text.utf8, to: descriptor)
    guard close(descriptor) == 0, problem == 0 else {
      throw CommandFailure(
        .error, "\(path) cannot be written: \(String(cString: strerror(problem == 0 ? errno : problem)))")
    }
  }
}
