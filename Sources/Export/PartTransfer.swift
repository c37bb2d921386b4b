internal import BlobStorage
internal import Compression
internal import ExportSpec
internal import Manifest
internal import Planning
internal import RowEncoding
internal import Timeline

/// Moves one part from the source to its blob: query, encode, stage, check, commit.
///
/// Nothing is committed before the response ended whole and its rows agree with
/// a count; what was staged by then is simply left behind.
struct PartTransfer: Sendable {
  var context: ApplyContext
  var table: TableSpec
  var query: ExportQuery
  var slice: TimeRange
  var generation: Int

  /// Bytes of one staged block: large enough that requests do not matter, small
  /// enough that a block in the making, one under way and the chunks around them
  /// stay far below the size of a response.
  static let blockSize = 1 << 20

  /// A part whose blob is committed.
  struct Committed: Sendable {
    var part: Part
    var address: BlobAddress
    var receipt: Receipt
    var size: Int
    var etag: String
    var md5: [UInt8]
    /// Rows that the count gave, at last.
    var counted: Int
  }
}

extension PartTransfer {
  /// One attempt.
  func run(_ part: Part, to address: BlobAddress) async throws(PartError) -> Committed {
    let upload = BlobUpload(address: address)
    do throws(PartError) {
      return try await transfer(part, upload)
    } catch {
      await context.store.abandon(upload)
      throw error
    }
  }

  private func transfer(_ part: Part, _ upload: BlobUpload) async throws(PartError) -> Committed {
    var encoder = try PartEncoder(table, part.range)
    var uploader = BlockUploader(store: context.store, upload: upload)
    let stream: any ResponseStream
    do throws(SourceError) {
      stream = try await context.source.rows(
        LogQuery(text: query.rows(of: part.range, shard: part.shard), span: part.range, plan: table.plan))
    } catch {
      throw PartError(error)
    }
    do throws(PartError) {
      let summary = try await pump(stream, into: &encoder, &uploader)
      let counted = try await check(summary, of: part, requestID: stream.requestID)
      return try await commit(part, summary, counted, &encoder, &uploader)
    } catch {
      stream.cancel()
      await uploader.drain()
      if encoder.rows > 0 { context.report(.restarted(table: table.name, rows: encoder.rows, reason: error.message)) }
      throw error
    }
  }

  private func pump(
    _ stream: any ResponseStream, into encoder: inout PartEncoder, _ uploader: inout BlockUploader
  ) async throws(PartError) -> ResponseSummary {
    var bytes = 0
    while true {
      let chunk: [UInt8]?
      do throws(SourceError) { chunk = try await stream.next() } catch { throw PartError(error) }
      guard let chunk else { break }
      let before = encoder.rows
      try encoder.feed(chunk)
      bytes += chunk.count
      context.report(.progressed(table: table.name, rows: encoder.rows - before, bytes: chunk.count))
      while encoder.pending.count > Self.blockSize { try await uploader.stage(encoder.take(Self.blockSize)) }
    }
    let before = encoder.rows
    let summary = try encoder.finish()
    context.report(.progressed(table: table.name, rows: encoder.rows - before, bytes: 0))
    return summary
  }

  /// Rule 2: whole, below the limit, and equal to the count. Returns the count.
  private func check(_ summary: ResponseSummary, of part: Part, requestID: String?) async throws(PartError) -> Int {
    let request = requestID.map { " (request \($0))" } ?? ""
    if let error = summary.error {
      guard error.isTruncation else {
        throw PartError(.failed, "the answer is incomplete: \(error.description)\(request)")
      }
      var failure = PartError(.tooLarge, error.description)
      failure.seen = (summary.rows, summary.rawBytes)
      throw failure
    }
    guard summary.rows < context.limits.rows else {
      var failure = PartError(.tooLarge, "the answer has \(summary.rows) rows, as many as the limit allows")
      failure.seen = (summary.rows, summary.rawBytes)
      throw failure
    }
    if summary.rows == part.count.rows { return summary.rows }
    let recount: Int
    do throws(SourceError) {
      recount = try await Counter(source: context.source, query: query, plan: table.plan)
        .rows(of: part.range, shard: part.shard)
    } catch {
      throw PartError(error)
    }
    guard recount == summary.rows else {
      throw PartError(
        .countMismatch, "count_mismatch: the answer has \(summary.rows) rows, the count says \(recount)\(request)")
    }
    return recount
  }

  private func commit(
    _ part: Part, _ summary: ResponseSummary, _ counted: Int, _ encoder: inout PartEncoder,
    _ uploader: inout BlockUploader
  ) async throws(PartError) -> Committed {
    let digests = encoder.digests()
    let schema = summary.columns.map { "\($0.name):\($0.type)" }.joined(separator: "\n")
    let receipt = Receipt(
      lineage: context.lineage.id, table: table.name, sliceRange: slice, generation: generation, range: part.range,
      shard: part.shard, rows: summary.rows, rawBytes: summary.rawBytes, sha256: digests.sha256, queryHash: query.hash,
      schemaHash: String(Digest.sha256(schema).prefix(32)), format: table.format.rawValue,
      compression: table.compression.rawValue, exportedAt: context.clock(), runID: context.runID)
    let properties = BlobProperties(
      contentType: table.format.contentType, contentEncoding: nil, contentMD5: digests.md5, metadata: receipt.metadata)
    let size = encoder.size
    let etag = try await uploader.finish(encoder.take(size), properties, receipt)
    return Committed(
      part: part, address: uploader.upload.address, receipt: receipt, size: size, etag: etag, md5: digests.md5,
      counted: counted)
  }
}
