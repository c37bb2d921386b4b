internal import BlobStorage
internal import Export
internal import FoundationEssentials
internal import Manifest

/// The program, from its command line to its exit code.
package enum LogExport {
  /// Runs one command. Errors are printed, each once.
  package static func run(_ words: [String], environment: [String: String], _ signals: Signals) async -> Int32 {
    let task = Task { await dispatch(words, environment, signals) }
    signals.onSignal { task.cancel() }
    let code = await task.value
    // A command that a signal cut short ends with that signal's code.
    return (signals.received.flatMap { code == .done ? nil : $0 } ?? code).rawValue
  }

  private static func dispatch(_ words: [String], _ environment: [String: String], _ signals: Signals) async -> ExitCode
  {
    let readers = Arguments(readersOf: words)
    var console = Console(readers, environment: environment)
    do {
      let early = try Log(readers)
      console.log = early
      let arguments = try Arguments(parsing: words)
      console = Console(arguments, environment: environment)
      console.log = early
      if arguments.wantsHelp {
        try console.write(Help.text(arguments.command, action: arguments.operand))
        return words.isEmpty ? .usage : .done
      }
      if let directory = arguments.value("chdir"), !FileManager.default.changeCurrentDirectoryPath(directory) {
        throw CommandFailure(.error, "cannot go to the directory \(directory)")
      }
      try OutputFile.check(arguments)
      let log = try Log(arguments)
      console.log = log
      log.record(.debug, "logexport \(version) \(arguments.command)")
      let code = try await run(arguments, environment, console, signals)
      log.record(.debug, "ended with \(code.rawValue)")
      return code
    } catch {
      let failure = CommandFailure(error)
      console.report(failure)
      return failure.code
    }
  }

  private static func run(
    _ arguments: Arguments, _ environment: [String: String], _ console: Console, _ signals: Signals
  ) async throws -> ExitCode {
    switch arguments.command {
    case "validate": return try ValidateCommand.run(arguments, environment, console)
    case "plan": return try await PlanCommand.run(arguments, environment, console)
    case "show": return try ShowCommand.run(arguments, console)
    case "apply": return try await ApplyCommand.run(arguments, environment, console, signals)
    case "unlock": return try await UnlockCommand.run(arguments, environment, console)
    case "verify": return try await VerifyCommand.run(arguments, environment, console)
    case "manifest": return try await ManifestCommand.run(arguments, environment, console, signals)
    case "prune": return try await PruneCommand.run(arguments, environment, console, signals)
    case "graph": return try await GraphCommand.run(arguments, environment, console)
    case "status": return try await StatusCommand.run(arguments, environment, console)
    case "report": return try await ReportCommand.run(arguments, environment, console)
    case "init": return try await InitCommand.run(arguments, environment, console)
    case "doctor": return try await DoctorCommand.run(arguments, environment, console)
    case "schema": return try SchemaCommand.run(console)
    case "completion": return try CompletionCommand.run(arguments, environment, console)
    case "help": return try HelpCommand.run(arguments, console)
    default:
      try console.write("logexport \(version)\n")
      return .done
    }
  }
}

extension CommandFailure {
  /// What an error of any module means for the command.
  init(_ error: any Error) {
    switch error {
    case let failure as CommandFailure: self = failure
    case let error as StoreError:
      self.init(ExitCode(error.code), Self.message("\(error.operation): \(error.message)", error.requestID))
    case let error as SourceError: self.init(ExitCode(error.code), Self.message(error.message, error.requestID))
    case let error as ResourceError: self.init(ExitCode(error.code), Self.message(error.message, error.requestID))
    case let error as LockError: self.init(.locked, error.description)
    case let error as ManifestError: self.init(.error, error.description)
    case is CancellationError: self.init(.error, "stopped")
    default: self.init(.error, "\(error)")
    }
  }

  /// The request's id stands behind what went wrong, before what to do about it.
  private static func message(_ text: String, _ requestID: String?) -> String {
    guard let requestID else { return text }
    let end = text.firstIndex(of: "\n") ?? text.endIndex
    return text[..<end] + " (request \(requestID))" + text[end...]
  }
}

extension ExitCode {
  init(_ code: StoreError.Code) {
    switch code {
    case .denied: self = .denied
    case .unavailable, .unreachable: self = .unavailable
    default: self = .error
    }
  }

  init(_ code: ResourceError.Code) {
    switch code {
    case .denied: self = .denied
    case .stale: self = .stale
    case .unavailable, .unreachable: self = .unavailable
    default: self = .error
    }
  }

  init(_ code: SourceError.Code) {
    switch code {
    case .denied: self = .denied
    case .unavailable, .unreachable: self = .unavailable
    default: self = .error
    }
  }
}
