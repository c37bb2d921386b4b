package import ExportSpec
package import Manifest
internal import Pacing
package import Planning
package import Timeline

/// Runs the count queries of one table.
package struct Counter: Sendable {
  package let source: any LogSource
  package let query: ExportQuery
  package let plan: TablePlan?

  package init(source: any LogSource, query: ExportQuery, plan: TablePlan?) {
    self.source = source
    self.query = query
    self.plan = plan
  }
}

extension Counter {
  /// Answers a request; one that is too much for an answer is halved, down to one bin.
  ///
  /// Returns the groups and the number of queries that it took.
  package func groups(_ request: CountRequest) async throws -> (groups: [CountGroup], queries: Int) {
    do throws(SourceError) {
      return (try await ask(request), 1)
    } catch {
      let isTooMuch = error.code == .tooLarge || error.code == .partial
      guard isTooMuch, let (first, second) = request.halves else { throw error }
      let left = try await groups(first)
      let right = try await groups(second)
      return (left.groups + right.groups, 1 + left.queries + right.queries)
    }
  }

  /// Answers requests, all at once, and adds the counts; returns the number of queries that it took.
  package func complete(_ counts: inout CountTable, _ requests: [CountRequest]) async throws -> Int {
    var queries = 0
    let answers = try await withThrowingTaskGroup { group in
      for request in requests {
        group.addTask { (request, try await groups(request)) }
      }
      var answers: [(CountRequest, [CountGroup])] = []
      for try await (request, answer) in group {
        answers.append((request, answer.groups))
        queries += answer.queries
      }
      return answers
    }
    for (request, groups) in answers { try counts.add(groups, for: request) }
    return queries
  }

  /// Counts the rows of one part, past every cache.
  package func rows(of range: TimeRange, shard: Shard?) async throws(SourceError) -> Int {
    let table = try await answer(
      LogQuery(text: query.count(of: range, shard: shard), span: range, plan: plan))
    // Without rows the service answers with one row that says 0.
    guard table.count == 1, case .integer(let rows)? = table[0].first else {
      throw SourceError(.invalid, "the answer to a count is not one number")
    }
    return Int(rows)
  }

  /// What the workspace was billed for a table's hours; nil where it has no `Usage`, or nothing of the table there.
  package func usage(of table: String, in range: TimeRange) async throws(SourceError) -> Usage? {
    let rows: [[LogValue]]
    do throws(SourceError) {
      rows = try await answer(LogQuery(text: Usage.query(table: table, range: range), span: range, plan: nil))
    } catch {
      if error.code == .badQuery { return nil }
      throw error
    }
    var hours: [Tick: Int] = [:]
    for row in rows {
      guard row.count == 2, case .text(let text) = row[0], let hour = Tick(iso8601: text) else {
        throw SourceError(.invalid, "the answer about the workspace's usage has a row that is none: \(row)")
      }
      switch row[1] {
      case .real(let megabytes): hours[hour] = Int(exactly: (megabytes * 1_000_000).rounded())
      case .integer(let megabytes): hours[hour] = Int(megabytes) * 1_000_000
      case .null, .text, .other: break
      }
    }
    return hours.isEmpty ? nil : Usage(hours)
  }

  private func ask(_ request: CountRequest) async throws(SourceError) -> [CountGroup] {
    do throws(SourceError) {
      return try decode(try await table(request, billed: true), request)
    } catch {
      // A table without that column is sized by its rows.
      guard error.code == .badQuery, error.message.contains("_BilledSize") else { throw error }
      return try decode(try await table(request, billed: false), request)
    }
  }

  private func table(_ request: CountRequest, billed: Bool) async throws(SourceError) -> [[LogValue]] {
    try await answer(LogQuery(text: query.counts(request, billed: billed), span: request.span, plan: plan))
  }

  /// Asks again where an answer broke off midway, as for the rows themselves.
  private func answer(_ query: LogQuery) async throws(SourceError) -> [[LogValue]] {
    var attempt = 1
    while true {
      do throws(SourceError) {
        return try await source.table(query)
      } catch {
        guard error.code == .interrupted, let delay = Backoff(attempts: 5).delay(attempt: attempt, retryAfter: nil)
        else { throw error }
        attempt += 1
        do { try await Task.sleep(for: delay) } catch { throw SourceError(.cancelled, "stopped") }
      }
    }
  }

  /// Rows of `Key, Rows[, Billed]`.
  private func decode(_ rows: [[LogValue]], _ request: CountRequest) throws(SourceError) -> [CountGroup] {
    var groups: [CountGroup] = []
    groups.reserveCapacity(rows.count)
    for row in rows {
      guard row.count >= 2, case .integer(let count) = row[1], let key = key(row[0], request.grouping) else {
        throw SourceError(.invalid, "the answer to a grouped count has a row that is none: \(row)")
      }
      groups.append(
        CountGroup(key: key, count: Count(rows: Int(count), billed: row.count > 2 ? Self.bytes(row[2]) : 0)))
    }
    return groups
  }

  /// `_BilledSize` is a real, whose sum may be a fraction, not-a-number, or null where no row has one.
  private static func bytes(_ value: LogValue) -> Int {
    switch value {
    case .integer(let bytes): Int(bytes)
    case .real(let bytes): Int(exactly: bytes.rounded()) ?? 0
    case .null, .text, .other: 0
    }
  }

  private func key(_ value: LogValue, _ grouping: CountRequest.Grouping) -> Int64? {
    switch (grouping, value) {
    case (.bins, .text(let text)): Tick(iso8601: text)?.rawValue
    case (.shards, .integer(let index)): index
    default: nil
    }
  }
}
