/// `logexport manifest import FILE`.
enum ManifestImport {
  static func run(_ arguments: Arguments, _ session: Session, _ signals: Signals) async throws -> ExitCode {
    throw CommandFailure(.error, "not yet")
  }
}
