import Synchronization

/// A body whose bytes are at hand.
package final class BytesBody: ResponseBody {
  private let rest: Mutex<ArraySlice<UInt8>>

  /// All of `bytes`, once.
  package init(_ bytes: [UInt8]) { rest = Mutex(bytes[...]) }

  /// The next of the bytes.
  package func next(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    rest.withLock { rest in
      let piece = rest.prefix(buffer.count)
      buffer.copyBytes(from: piece)
      rest.removeFirst(piece.count)
      return piece.count
    }
  }
}

/// Passes a body through and tells once when it has ended, with its bytes
/// where they stayed under a limit; a body dropped before its end tells nil.
final class WatchedBody: ResponseBody {
  private struct State {
    var kept: [UInt8]?
    var isTold = false
  }

  private let body: any ResponseBody
  private let limit: Int
  private let ended: @Sendable ([UInt8]?) -> Void
  private let state = Mutex(State(kept: []))

  /// `ended` is called once, on whatever thread reads last.
  init(_ body: any ResponseBody, keep limit: Int, ended: @escaping @Sendable ([UInt8]?) -> Void) {
    self.body = body
    self.limit = limit
    self.ended = ended
  }

  deinit { tell(nil) }

  /// Passes on the next bytes.
  func next(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = try body.next(into: buffer)
    if count == 0 {
      tell(state.withLock { $0.kept })
      return 0
    }
    state.withLock { state in
      guard let size = state.kept?.count else { return }
      if size + count > limit {
        state.kept = nil
      } else {
        state.kept?.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      }
    }
    return count
  }

  private func tell(_ bytes: [UInt8]?) {
    let isFirst = state.withLock { state in
      defer { state.isTold = true }
      return !state.isTold
    }
    if isFirst { ended(bytes) }
  }
}
