import Synchronization

/// Thrown to break a connection off in the middle of a body.
struct BrokenOff: Error {}

/// Sends the first bytes of a body and then breaks off.
final class TruncatedBody: ResponseBody {
  private let body: any ResponseBody
  /// Bytes still to let through; nil until the first piece is known.
  private let left: Mutex<Int?>

  /// `bytes` nil lets half of the first piece through.
  init(_ body: any ResponseBody, bytes: Int?) {
    self.body = body
    left = Mutex(bytes)
  }

  /// The next bytes, or the break.
  func next(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = try body.next(into: buffer)
    return try left.withLock { left throws -> Int in
      let allowed = min(count, left ?? count / 2)
      left = (left ?? allowed) - allowed
      guard allowed > 0 else { throw BrokenOff() }
      return allowed
    }
  }
}

/// Falls silent once, after the first piece of a body.
final class StalledBody: ResponseBody {
  private let body: any ResponseBody
  private let wait: @Sendable () -> Void
  private let pieces = Mutex(0)

  /// `wait` returns when the silence is over.
  init(_ body: any ResponseBody, wait: @escaping @Sendable () -> Void) {
    self.body = body
    self.wait = wait
  }

  /// The next bytes, or the break.
  func next(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let number = pieces.withLock { pieces in
      pieces += 1
      return pieces
    }
    if number == 2 { wait() }
    // A small first piece, so that there is a middle to fall silent in.
    return try body.next(
      into: number == 1 ? UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(1024)) : buffer)
  }
}

/// Adds an error member behind the rows of a query's answer.
final class PartialErrorBody: ResponseBody {
  private struct State {
    /// The last byte read, which may be the closing brace.
    var held: UInt8?
    var tail: ArraySlice<UInt8>?
  }

  private let body: any ResponseBody
  private let error: [UInt8]
  private let state = Mutex(State())

  /// `body` is one JSON object; its last byte is the closing brace.
  init(_ body: any ResponseBody, code: String) {
    self.body = body
    error = Array(",\(LogErrors.partial(code: code))}".utf8)
  }

  /// The next bytes, or the break.
  func next(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    try state.withLock { state throws -> Int in
      while state.tail == nil {
        let offset = state.held == nil ? 0 : 1
        let count = try body.next(into: UnsafeMutableRawBufferPointer(rebasing: buffer[offset...]))
        guard count > 0 else {
          guard state.held == UInt8(ascii: "}") else { throw BrokenOff() }
          state.tail = error[...]
          break
        }
        if let held = state.held { buffer[0] = held }
        let ready = offset + count - 1
        state.held = buffer[ready]
        if ready > 0 { return ready }
      }
      return Self.drain(&state, into: buffer)
    }
  }

  private static func drain(_ state: inout State, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let piece = state.tail?.prefix(buffer.count) ?? []
    buffer.copyBytes(from: piece)
    state.tail?.removeFirst(piece.count)
    return piece.count
  }
}
