package import HTTP
internal import Synchronization

/// The body of an answer with status 200, as it comes.
package final class QueryStream: Sendable {
  private let stream: HTTPBodyStream
  /// Whether a byte of the body has come.
  private let hasBegun = Atomic(false)
  /// Lasts while the service may still be at work on the answer, and no longer: who
  /// keeps a stream that has ended may need a permit for the count that checks it.
  private let turn: QueryTurn
  /// The URL without its query, for messages.
  private let place: String

  init(_ stream: HTTPBodyStream, _ turn: QueryTurn, place: String) {
    self.stream = stream
    self.turn = turn
    self.place = place
  }

  package var requestID: String? { stream.head["x-ms-request-id"] }

  /// The next chunk; nil at the end of a whole body.
  ///
  /// Throws `truncated` where there is no body at all: the service answers so to what it
  /// did not take for a query, and that is no empty result.
  package func next() async throws(HTTPError) -> [UInt8]? {
    do throws(HTTPError) {
      if let chunk = try await stream.next() {
        hasBegun.store(true, ordering: .relaxed)
        return chunk
      }
      guard hasBegun.load(ordering: .relaxed) else {
        throw HTTPError(.truncated, message: "the query service answered 200 with an empty body", url: place)
      }
      turn.end()
      return nil
    } catch {
      turn.end()
      throw error
    }
  }

  /// Gives the rest of the body up.
  package func cancel() {
    stream.cancel()
    turn.end()
  }
}
