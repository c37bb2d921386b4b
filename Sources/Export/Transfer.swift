internal import BlobStorage
internal import Compression
internal import ExportSpec
internal import Manifest
internal import Planning
internal import RowEncoding
internal import Timeline

/// Moves the rows of one response into blobs: query, encode, stage, check, commit.
///
/// The response is of one part, or of several small slices, one blob each. Nothing is
/// committed before it ended whole and each blob's rows agree with a count; what was staged
/// by then is simply left behind.
struct Transfer: Sendable {
  var context: ApplyContext
  var table: TableSpec
  var query: ExportQuery

  /// One blob to make.
  struct Target: Sendable {
    var slice: TimeRange
    var generation: Int
    var part: Part
    var address: BlobAddress
  }

  /// A part whose blob is committed.
  struct Committed: Sendable {
    var part: Part
    var address: BlobAddress
    var receipt: Receipt
    var size: Int
    var etag: String
    var md5: [UInt8]
    /// Rows that the count gave, at last; nil where nobody may count.
    var counted: Int?
  }

  /// Blobs that are committed at the same time.
  private static let commitWidth = 8
}

extension Transfer {
  /// One attempt; throws where the whole response is lost. Several targets are whole slices in order of time.
  ///
  /// A target that nobody has counted, and that turns out to have no rows, comes to nothing.
  func run(_ targets: [Target]) async throws(PartError) -> [Result<Committed?, PartError>] {
    var unfit: Set<String> = []
    while true {
      do throws(PartError) { return try await run(targets, unfit: unfit) } catch {
        // What a value of a column is shows in the middle of a file, whose type is that of the whole column.
        guard !unfit.isSuperset(of: error.unfit) else { throw error }
        unfit.formUnion(error.unfit)
      }
    }
  }

  /// One attempt, in which columns that are `unfit` for their types are text.
  private func run(
    _ targets: [Target], unfit: Set<String>
  ) async throws(PartError) -> [Result<Committed?, PartError>] {
    let uploads = targets.map { BlobUpload(address: $0.address) }
    do throws(PartError) {
      let results = try await transfer(targets, uploads, unfit)
      for (result, upload) in zip(results, uploads) {
        if case .success(.some) = result { continue }
        await context.store.abandon(upload)
      }
      return results
    } catch {
      for upload in uploads { await context.store.abandon(upload) }
      throw error
    }
  }

  private func transfer(
    _ targets: [Target], _ uploads: [BlobUpload], _ unfit: Set<String>
  ) async throws(PartError) -> [Result<Committed?, PartError>] {
    let stream: any ResponseStream
    do throws(SourceError) { stream = try await context.source.rows(question(targets)) } catch {
      throw PartError(error)
    }
    let encoder = try encoder(targets, unfit)
    var response = EncodedResponse(stream, encoder)
    let window = StagingWindow(context.store)
    do throws(PartError) {
      let (summary, blobs) = try await pump(&response, uploads, window)
      try check(summary, requestID: stream.requestID)
      context.remarks.look(at: summary.columns, of: table, context.report)
      let counts = try await counts(summary, targets)
      return await commit(targets, summary, blobs, counts, requestID: stream.requestID)
    } catch {
      stream.cancel()
      await window.drain()
      if response.rows > 0 {
        context.report(.restarted(table: table.name, rows: response.rows, reason: error.message))
      }
      throw error
    }
  }

  private func encoder(_ targets: [Target], _ unfit: Set<String>) throws(PartError) -> RowEncoder {
    let sections = RowSections(
      ranges: targets.map { $0.part.range.start.rawValue..<$0.part.range.end.rawValue },
      column: ExportQuery.timeColumn, dropsColumn: query.addsTime)
    let metadata = targets.map { target in
      [
        (key: "logexport.table", value: table.name), ("logexport.slice", "\(target.slice.start)/\(target.slice.end)"),
        ("logexport.range", "\(target.part.range.start)/\(target.part.range.end)"),
        ("logexport.query_hash", query.hash),
      ]
    }
    do throws(ColumnSinkError) {
      return try table.encoder(sections, unfit: unfit, creator: context.creator, metadata: metadata)
    } catch { throw PartError(.failed, error.reason) }
  }

  private func question(_ targets: [Target]) -> LogQuery {
    let (first, last) = (targets[0].part, targets[targets.count - 1].part)
    let text =
      targets.count == 1
      ? query.rows(of: first.range, shard: first.shard) : query.rows(of: targets.map(\.part.range), on: table.grid)
    return LogQuery(text: text, span: TimeRange(first.range.start, last.range.end), plan: table.plan)
  }
}

// MARK: - Streaming

extension Transfer {
  /// Reads the response to its end; the blobs of sections that had rows are sealed then.
  ///
  ///     read, encode   1 │ 2 │ 3 │ 4 …
  ///     compress         │ 1 │ 2 │ 3 …
  ///     hash, stage      │   │ 1 │ 2 …
  ///
  /// What one column does goes on at the same time. So one query has all cores, and of each kind no more
  /// than one piece is in the making and one in use.
  private func pump(
    _ response: inout EncodedResponse, _ uploads: [BlobUpload], _ window: StagingWindow
  ) async throws(PartError) -> (ResponseSummary, [SealedBlob?]) {
    let compressor = PieceCompressor(table.streamCompression)
    let blobs = BlobSequence(uploads, window)
    let stream = response.stream
    var (nextPiece, nextStored): (EncodedResponse.Piece?, PieceCompressor.Stored?)
    while true {
      let (piece, stored) = (nextPiece, nextStored)
      async let compressed = compress(piece, compressor)
      async let written = write(stored, blobs, stream)
      let (rows, bytes) = (response.rows, response.bytes)
      do throws(PartError) { nextPiece = try await response.next() } catch {
        // The stream may have been given up for what became of the blobs.
        if error.code == .cancelled { try await written.get() }
        throw error
      }
      context.report(.progressed(table: table.name, rows: response.rows - rows, bytes: response.bytes - bytes))
      nextStored = try await compressed.get()
      try await written.get()
      guard nextPiece == nil, nextStored == nil, let summary = response.summary else { continue }
      try await window.finish()
      return (summary, blobs.sealed)
    }
  }

  private func compress(
    _ piece: EncodedResponse.Piece?, _ compressor: PieceCompressor
  ) async -> Result<PieceCompressor.Stored?, PartError> {
    guard let piece else { return .success(nil) }
    do throws(PartError) { return .success(try compressor.compress(piece)) } catch { return .failure(error) }
  }

  /// A failure ends the stream as well, so that whoever waits for its next chunk learns of it.
  private func write(
    _ stored: PieceCompressor.Stored?, _ blobs: BlobSequence, _ stream: any ResponseStream
  ) async -> Result<Void, PartError> {
    guard let stored else { return .success(()) }
    do throws(PartError) { return .success(try await blobs.write(stored)) } catch {
      stream.cancel()
      return .failure(error)
    }
  }
}

// MARK: - Rule 2: whole, below the limit, and equal to the count

extension Transfer {
  private func check(_ summary: ResponseSummary, requestID: String?) throws(PartError) {
    var failure: PartError
    if let error = summary.error {
      guard error.isTruncation else {
        throw PartError(.failed, "the answer is incomplete: \(error.description)\(Self.mention(requestID))")
      }
      failure = PartError(.tooLarge, error.description)
    } else {
      if summary.rows < context.limits.rows { return }
      failure = PartError(.tooLarge, "the answer has \(summary.rows) rows, as many as the limit allows")
    }
    failure.seen = (summary.rows, summary.rawBytes)
    throw failure
  }

  private static func mention(_ requestID: String?) -> String { requestID.map { " (request \($0))" } ?? "" }

  /// What each target's rows are counted as: as planned where the answer agrees, else by a new count past every
  /// cache; nil where nobody may count.
  private func counts(_ summary: ResponseSummary, _ targets: [Target]) async throws(PartError) -> [Int?] {
    var counts = targets.map { $0.part.count.isEstimate ? nil : $0.part.count.rows }
    let differing = targets.indices.filter { counts[$0] != nil && counts[$0] != summary.sections[$0].rows }
    guard !differing.isEmpty else { return counts }
    let counter = Counter(source: context.source, query: query, plan: table.plan)
    do {
      if targets.count == 1 {
        counts[0] = try await counter.rows(of: targets[0].part.range, shard: targets[0].part.shard)
      } else {
        let request = CountRequest(ranges: differing.map { targets[$0].part.range }, grouping: .bins(table.grid))
        var known = CountTable()
        _ = try await counter.complete(
          &known, CountBatching.merge([request], cap: Cutter.binCap(context.limits)))
        for index in differing {
          guard let count = known.count(of: targets[index].part.range, on: table.grid) else {
            throw PartError(.failed, "a slice was counted again, and the answer says nothing of it")
          }
          counts[index] = count.rows
        }
      }
      return counts
    } catch {
      throw PartError(counting: error)
    }
  }
}

// MARK: - Commit

extension Transfer {
  private func commit(
    _ targets: [Target], _ summary: ResponseSummary, _ blobs: [SealedBlob?], _ counts: [Int?], requestID: String?
  ) async -> [Result<Committed?, PartError>] {
    let schema = summary.columns.map { "\($0.name):\($0.type)" }.joined(separator: "\n")
    let schemaHash = String(Digest.sha256(schema).prefix(32))
    return await targets.indices.mapConcurrently(width: Self.commitWidth) { index in
      let rows = summary.sections[index].rows
      do throws(PartError) {
        let counted = counts[index]
        if let counted, counted != rows {
          throw PartError(
            .countMismatch,
            "count_mismatch: the answer has \(rows) rows, the count says \(counted)\(Self.mention(requestID))")
        }
        if counted == nil, rows == 0 { return .success(nil) }
        guard let blob = blobs[index] else { throw PartError(lost: targets[index].part.count.rows, left: 0) }
        return .success(try await commit(blob, targets[index], summary.sections[index], counted, schemaHash))
      } catch {
        if rows > 0 { context.report(.restarted(table: table.name, rows: rows, reason: error.message)) }
        return .failure(error)
      }
    }
  }

  private func commit(
    _ blob: SealedBlob, _ target: Target, _ section: SectionSummary, _ counted: Int?, _ schemaHash: String
  ) async throws(PartError) -> Committed {
    let receipt = Receipt(
      lineage: context.lineage.id, table: table.name, sliceRange: target.slice, generation: target.generation,
      range: target.part.range, shard: target.part.shard, rows: section.rows, rawBytes: section.rawBytes,
      sha256: blob.sha256, queryHash: query.hash, schemaHash: schemaHash, format: table.format.rawValue,
      compression: table.compression.rawValue, exportedAt: context.clock(), runID: context.runID)
    let properties = BlobProperties(
      contentType: table.format.contentType, contentEncoding: nil, contentMD5: blob.md5, metadata: receipt.metadata)
    let stored = try await blob.commit(to: context.store, properties, receipt)
    return Committed(
      part: target.part, address: target.address, receipt: stored.receipt, size: stored.size, etag: stored.etag,
      md5: stored.md5, counted: counted)
  }
}
