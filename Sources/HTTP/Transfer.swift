internal import Synchronization

/// One request under way, shared by the task that waits for it and the thread that moves its bytes.
///
///     waiting ──head──▶ streaming ──end──▶ ended
///        └────────────────┴──failure──────▶ failed
///
/// The buffer is bounded: above the high mark the thread pauses the transfer, and the
/// reader, who takes all of the buffer at once, has it resumed.
final class Transfer: Sendable {
  let request: HTTPRequest
  private let state = Mutex(State())

  private struct State {
    var head: HTTPResponseHead?
    /// Header lines of the response at hand.
    var lines: [(name: String, value: String)] = []
    var status = 0
    var buffer: [UInt8] = []
    var paused = false
    var result: Result<Void, HTTPError>?
    var headWaiter: CheckedContinuation<Result<HTTPResponseHead, HTTPError>, Never>?
    var bodyWaiter: CheckedContinuation<Result<[UInt8]?, HTTPError>, Never>?
  }

  /// The buffer grows beyond it by one write of curl's, 16 KiB, and never more.
  private static let highMark = 1 << 19

  init(_ request: HTTPRequest) {
    self.request = request
  }
}

// MARK: - The reader's side

extension Transfer {
  /// Waits for the head of the final response.
  func head() async -> Result<HTTPResponseHead, HTTPError> {
    await withCheckedContinuation { continuation in
      let ready = state.withLock { state -> Result<HTTPResponseHead, HTTPError>? in
        if let head = state.head { return .success(head) }
        if case .failure(let error)? = state.result { return .failure(error) }
        state.headWaiter = continuation
        return nil
      }
      if let ready { continuation.resume(returning: ready) }
    }
  }

  /// The next chunk, nil at the end; `resume` is called where the thread has to go on.
  func next(resume: () -> Void) async -> Result<[UInt8]?, HTTPError> {
    let (ready, mustResume) = take(nil)
    if mustResume { resume() }
    if let ready { return ready }
    return await withCheckedContinuation { continuation in
      let (ready, mustResume) = take(continuation)
      if mustResume { resume() }
      if let ready { continuation.resume(returning: ready) }
    }
  }

  private func take(
    _ continuation: CheckedContinuation<Result<[UInt8]?, HTTPError>, Never>?
  ) -> (ready: Result<[UInt8]?, HTTPError>?, mustResume: Bool) {
    state.withLock { state in
      if !state.buffer.isEmpty {
        defer {
          state.buffer = []
          state.paused = false
        }
        return (.success(state.buffer), state.paused)
      }
      switch state.result {
      case .success: return (.success(nil), false)
      case .failure(let error): return (.failure(error), false)
      case nil:
        state.bodyWaiter = continuation
        return (nil, false)
      }
    }
  }

  var isFinished: Bool { state.withLock { $0.result != nil } }
}

// MARK: - The thread's side

extension Transfer {
  /// Takes one header line; true where it ended the head of the final response.
  func receive(headerLine bytes: UnsafeRawBufferPointer) -> Bool {
    var line = String(decoding: bytes, as: UTF8.self)
    while line.last?.isNewline == true { line.removeLast() }
    let (waiter, head) = state.withLock {
      state -> (CheckedContinuation<Result<HTTPResponseHead, HTTPError>, Never>?, HTTPResponseHead?) in
      // What follows the body are trailers.
      if state.head != nil { return (nil, nil) }
      if line.hasPrefix("HTTP/") {
        let words = line.split(separator: " ")
        state.status = words.count > 1 ? Int(words[1]) ?? 0 : 0
        state.lines = []
      } else if line.isEmpty {
        // 1xx is not the answer yet.
        guard state.status >= 200 else { return (nil, nil) }
        let head = HTTPResponseHead(status: state.status, headers: state.lines)
        state.head = head
        defer { state.headWaiter = nil }
        return (state.headWaiter, head)
      } else if let colon = line.firstIndex(of: ":") {
        var value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        while value.last == " " || value.last == "\t" { value.removeLast() }
        state.lines.append((String(line[..<colon]), String(value)))
      }
      return (nil, nil)
    }
    if let head { waiter?.resume(returning: .success(head)) }
    return head != nil
  }

  /// Takes body bytes; false where the buffer is full and the transfer has to pause.
  func receive(body bytes: UnsafeRawBufferPointer) -> Bool {
    let (taken, waiter) = state.withLock { state -> (Bool, CheckedContinuation<Result<[UInt8]?, HTTPError>, Never>?) in
      if let waiter = state.bodyWaiter {
        state.bodyWaiter = nil
        return (true, waiter)
      }
      if state.buffer.count >= Self.highMark {
        state.paused = true
        return (false, nil)
      }
      state.buffer.append(contentsOf: bytes)
      return (true, nil)
    }
    waiter?.resume(returning: .success(Array(bytes)))
    return taken
  }

  /// Ends the transfer; only the first end counts.
  func finish(_ result: Result<Void, HTTPError>) {
    let waiters = state.withLock { state -> State? in
      guard state.result == nil else { return nil }
      state.result = result
      let waiters = state
      state.headWaiter = nil
      state.bodyWaiter = nil
      return waiters
    }
    guard let waiters else { return }
    switch result {
    case .failure(let error):
      waiters.headWaiter?.resume(returning: .failure(error))
      waiters.bodyWaiter?.resume(returning: .failure(error))
    case .success:
      waiters.headWaiter?.resume(
        returning: waiters.head.map { .success($0) }
          ?? .failure(HTTPError(.truncated, message: "there was no response", url: request.place)))
      waiters.bodyWaiter?.resume(returning: .success(nil))
    }
  }
}

extension HTTPRequest {
  /// The URL without its query, which may hold a signature.
  package var place: String { String(url.prefix { $0 != "?" }) }
}
