internal import Synchronization

/// One request under way, shared by the task that waits for it and the thread that moves its bytes.
///
///     waiting ──head──▶ streaming ──end──▶ ended
///        └────────────────┴──failure──────▶ failed
///
/// Bytes come in pieces of some KiB. The thread gathers them until the reader can be handed a chunk,
/// or until there are no more for the moment. A full chunk that nobody takes pauses the transfer; whoever
/// takes it has it resumed. Two buffers take turns, and their memory is used again if
/// the reader keeps no chunk for longer than until it asks for the next.
final class Transfer: Sendable {
  let request: HTTPRequest
  /// Whether a reader who is behind holds the server back; else the body is gathered, however long it is.
  let mayPause: Bool
  private let state = Mutex(State())

  fileprivate struct State {
    var head: HTTPResponseHead?
    /// Header lines of the response at hand.
    var lines: [(name: String, value: String)] = []
    var status = 0
    /// What the reader gets next.
    var buffer: [UInt8] = []
    /// What the reader got last.
    var handed: [UInt8] = []
    var paused = false
    var result: Result<Void, HTTPError>?
    var headWaiter: CheckedContinuation<Result<HTTPResponseHead, HTTPError>, Never>?
    var bodyWaiter: CheckedContinuation<Result<[UInt8]?, HTTPError>, Never>?
  }

  /// Bytes of a chunk, at most: it stays in the cache of a core, and no task is woken for little.
  private static let chunkSize = 1 << 18

  init(_ request: HTTPRequest, mayPause: Bool) {
    self.request = request
    self.mayPause = mayPause
  }
}

// MARK: - Chunks

extension Transfer {
  /// A chunk and who waits for it.
  fileprivate struct Delivery {
    var chunk: [UInt8]
    var reader: CheckedContinuation<Result<[UInt8]?, HTTPError>, Never>

    func resume() { reader.resume(returning: .success(chunk)) }
  }
}

extension Transfer.State {
  /// Takes the buffer out, and goes on with the memory of the chunk before, if that has come free.
  fileprivate mutating func takeChunk() -> [UInt8] {
    swap(&buffer, &handed)
    buffer.removeAll(keepingCapacity: true)
    return handed
  }

  /// Takes the chunk and its reader out, where there are both.
  fileprivate mutating func delivery() -> Transfer.Delivery? {
    guard !buffer.isEmpty, let reader = bodyWaiter else { return nil }
    bodyWaiter = nil
    return Transfer.Delivery(chunk: takeChunk(), reader: reader)
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
        defer { state.paused = false }
        return (.success(state.takeChunk()), state.paused)
      }
      // Nothing is handed over any more: whoever keeps the stream keeps no memory.
      if state.result != nil { (state.buffer, state.handed) = ([], []) }
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
    let (taken, delivery) = state.withLock { state -> (Bool, Delivery?) in
      var delivery: Delivery?
      if mayPause, !state.buffer.isEmpty, state.buffer.count + bytes.count > Self.chunkSize {
        delivery = state.delivery()
        if delivery == nil {
          state.paused = true
          return (false, nil)
        }
      }
      state.buffer.append(contentsOf: bytes)
      return (true, delivery)
    }
    delivery?.resume()
    return taken
  }

  /// Hands a waiting reader what there is: nothing more is to come at once.
  func deliver() {
    state.withLock { $0.delivery() }?.resume()
  }

  /// Ends the transfer; only the first end counts.
  func finish(_ result: Result<Void, HTTPError>) {
    let end = state.withLock { state -> End? in
      guard state.result == nil else { return nil }
      state.result = result
      // What came before the end is read before it.
      let delivery = state.delivery()
      defer { (state.headWaiter, state.bodyWaiter) = (nil, nil) }
      return End(head: state.head, delivery: delivery, headWaiter: state.headWaiter, bodyWaiter: state.bodyWaiter)
    }
    guard let end else { return }
    end.delivery?.resume()
    switch result {
    case .failure(let error):
      end.headWaiter?.resume(returning: .failure(error))
      end.bodyWaiter?.resume(returning: .failure(error))
    case .success:
      end.headWaiter?.resume(
        returning: end.head.map { .success($0) }
          ?? .failure(HTTPError(.truncated, message: "there was no response", url: request.place)))
      end.bodyWaiter?.resume(returning: .success(nil))
    }
  }

  /// Who has to be told of the end.
  private struct End {
    var head: HTTPResponseHead?
    var delivery: Delivery?
    var headWaiter: CheckedContinuation<Result<HTTPResponseHead, HTTPError>, Never>?
    var bodyWaiter: CheckedContinuation<Result<[UInt8]?, HTTPError>, Never>?
  }
}

extension HTTPRequest {
  /// The URL without its query, which may hold a signature.
  package var place: String { String(url.prefix { $0 != "?" }) }
}
