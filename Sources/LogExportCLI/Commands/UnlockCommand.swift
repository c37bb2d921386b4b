internal import BlobStorage
internal import Export
internal import ExportSpec

/// `logexport unlock ID`: ends the lock of one run, of that run alone.
enum UnlockCommand {
  static func run(_ arguments: Arguments, _ environment: [String: String], _ console: Console) async throws -> ExitCode
  {
    let id = arguments.operand ?? ""
    let file = try SpecFile.load(arguments, environment: environment, console: console)
    let store = try Connection(file, arguments, log: console.log(arguments)) { _ in }.store()
    let place = ArchiveLock.place(in: lockContainerName(manifest: file.spec.destination.manifest))
    guard let lease = try await store.lease(of: place), lease.isHeld else {
      throw CommandFailure(.error, "the archive is not locked: there is nothing to unlock")
    }
    let holder = LockHolder(metadata: lease.metadata)
    guard holder.isNamed else {
      throw CommandFailure(
        .error,
        """
        the archive is locked by \(holder), nothing was done
          Look again in a minute: a run says who it is, or is dead, and then its lock ends by itself. A lease that no \
        run took is broken with the account's own tools: \(place)
        """)
    }
    guard id == holder.lease || id == holder.runID else {
      throw CommandFailure(
        .error, "'\(id)' does not hold the archive's lock, nothing was done\n  It is \(holder.lease), \(holder).")
    }
    if case .directory(let path) = file.spec.destination.store {
      throw CommandFailure(
        .error,
        "the lock in \(path) goes with the process that holds it\n  It is \(holder): end that process.")
    }
    console.error("The archive is locked by \(holder).")
    if !arguments.has("auto-approve") {
      guard Console.canAsk else {
        throw CommandFailure(
          .usage, "there is no terminal to ask on\n  Make sure that this run is dead, then add --auto-approve.")
      }
      guard await Question.confirm("End its lock? It stops where it still runs.") else {
        console.error("Nothing was done.")
        return .error
      }
    }
    do throws(StoreError) { try await store.releaseLease(of: place, id: holder.lease) } catch {
      guard error.code == .refused else { throw error }
      throw CommandFailure(
        .error,
        "\(holder.lease) does not hold the archive's lock any more, nothing was done\n  Look again who does; a lease that no run took is broken with the account's own tools: \(place)."
      )
    }
    try console.write(console.json ? "{\"unlocked\":\"\(holder.lease)\"}\n" : "Unlocked.\n")
    return .done
  }
}
