internal import BlobStorage
internal import ExportSpec
internal import Manifest
internal import Pacing
internal import Planning
internal import Timeline

/// Carries out the action on one slice: all parts, each with a query of its own, then the manifest.
struct SliceRun: Sendable {
  var context: ApplyContext
  var table: TableSpec
  var plan: TableChanges
  var action: SliceAction

  /// Times that a part may be cut again before it is given up: quarters of a day come to one tick by then.
  private static let depthLimit = 24
}

extension SliceRun {
  /// Runs the action; nothing of the slice is recorded where it fails.
  func result() async -> Result<SliceRecorder.Finished, PartError> {
    do throws(PartError) {
      let parts = try await exportAll(action.parts, depth: 0).sorted {
        ($0.part.range, $0.part.shard?.index ?? 0) < ($1.part.range, $1.part.shard?.index ?? 0)
      }
      return await SliceRecorder(context: context, table: table, query: plan.query)
        .record([SliceRecorder.Slice(action: action, parts: parts)])[0]
    } catch { return .failure(error) }
  }

  private func exportAll(_ parts: [PartAction], depth: Int) async throws(PartError) -> [Transfer.Committed] {
    let results = await withTaskGroup { group in
      for part in parts {
        group.addTask { await exportOne(part, depth: depth) }
      }
      var results: [Result<[Transfer.Committed], PartError>] = []
      for await result in group {
        // One lost part loses the slice: the others need not go on.
        if case .failure = result { group.cancelAll() }
        results.append(result)
      }
      return results
    }
    var committed: [Transfer.Committed] = []
    var failure: PartError?
    for result in results {
      switch result {
      case .success(let parts): committed += parts
      case .failure(let error):
        // What was cancelled for another's sake is not the reason.
        if failure == nil || failure?.code == .cancelled { failure = error }
      }
    }
    if let failure { throw failure }
    return committed
  }

  private func exportOne(_ part: PartAction, depth: Int) async -> Result<[Transfer.Committed], PartError> {
    do throws(PartError) {
      if let adopted = part.adopted { return .success([Self.committed(part, adopted)]) }
      do throws(PartError) {
        return .success(try await transfer(part).map { [$0] } ?? [])
      } catch {
        guard error.code == .tooLarge else { throw error }
        guard depth < Self.depthLimit else { throw PartCutter.impossible(part.part, error) }
        let parts = try await PartCutter(context: context, table: table, query: plan.query).cut(part.part, after: error)
        context.report(.partSplit(Slice(table: table.name, range: action.range), into: parts.count))
        let naming = BlobNaming(table)
        let actions = parts.map {
          PartAction(part: $0, address: naming.address(of: $0, in: action.range, generation: action.generation))
        }
        return .success(try await exportAll(actions, depth: depth + 1))
      }
    } catch {
      return .failure(error)
    }
  }

  private static func committed(_ action: PartAction, _ blob: AdoptedBlob) -> Transfer.Committed {
    Transfer.Committed(
      part: action.part, address: action.address, receipt: blob.receipt, size: blob.info.size, etag: blob.info.etag,
      md5: blob.info.contentMD5 ?? [], counted: action.part.count.rows)
  }

  /// Attempts a part until it is through, is too large, or has used up its attempts.
  private func transfer(_ part: PartAction) async throws(PartError) -> Transfer.Committed? {
    let transfer = Transfer(context: context, table: table, query: plan.query)
    let target = Transfer.Target(
      slice: action.range, generation: action.generation, part: part.part, address: part.address)
    var attempt = 1
    while true {
      do throws(PartError) {
        let results = try await context.gate.withPermit { () throws(PartError) in try await transfer.run([target]) }
        return try results[0].get()
      } catch {
        guard error.isTransient, !Task.isCancelled, let delay = context.backoff.delay(attempt: attempt, retryAfter: nil)
        else { throw error }
        attempt += 1
        do { try await Task.sleep(for: delay) } catch { throw PartError(.cancelled, "stopped") }
      }
    }
  }
}
