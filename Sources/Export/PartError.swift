internal import BlobStorage
internal import Planning

/// Why a part could not be exported.
struct PartError: Error, Sendable {
  var code: Code
  var message: String
  /// Of a response that was cut off for its size: what had come of it, to size the next cut by.
  var seen: (rows: Int, bytes: Int)?
  /// The columns of values that are none of their types: as text they can be written.
  var unfit: [String] = []

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The kinds of failure; what follows is decided by this alone.
  enum Code: Sendable {
    /// One response cannot hold it.
    case tooLarge
    /// Rows and count differ even after a recount past the cache.
    case countMismatch
    /// The answer is not what the service answers, or broke off: worth another attempt.
    case malformed, interrupted
    case unavailable
    case denied
    /// What is asked for does not exist there: no part of it will be answered either.
    case refused
    case cancelled
    case failed
  }

  /// Whether the whole part should be tried again.
  var isTransient: Bool {
    switch code {
    case .malformed, .interrupted, .countMismatch: true
    case .tooLarge, .unavailable, .denied, .refused, .cancelled, .failed: false
    }
  }

  /// Whether what failed for several slices at once may go well for some of them.
  var mayBeHalved: Bool {
    switch code {
    case .tooLarge, .malformed, .interrupted, .countMismatch, .failed: true
    case .unavailable, .denied, .refused, .cancelled: false
    }
  }

  var failureKind: TableFailure.Kind {
    switch code {
    case .unavailable, .interrupted: .unavailable
    case .denied: .denied
    default: .other
    }
  }
}

extension PartError {
  /// Rows that the plan counted are gone from the source, most likely past its retention.
  init(lost planned: Int, left rows: Int) {
    self.init(.failed, "the source has \(rows) rows where \(planned) were planned; plan again")
  }

  /// What came of counting: an error of the source, or an answer that contradicts its question.
  init(counting error: any Error) {
    switch error {
    case let error as PartError: self = error
    case let error as SourceError: self.init(error)
    default: self.init(.failed, "\(error)")
    }
  }

  init(_ error: SourceError) {
    let code: Code =
      switch error.code {
      case .tooLarge: .tooLarge
      case .denied: .denied
      case .unavailable, .unreachable: .unavailable
      case .interrupted: .interrupted
      case .cancelled: .cancelled
      case .badQuery, .notFound, .hostNotAllowed: .refused
      case .partial, .invalid: .failed
      }
    self.init(code, error.description)
  }

  init(_ error: StoreError) {
    let code: Code =
      switch error.code {
      case .denied: .denied
      case .unavailable, .unreachable: .unavailable
      case .cancelled: .cancelled
      case .alreadyExists, .notFound, .conditionFailed, .refused, .archived, .hostNotAllowed, .local, .invalid: .failed
      }
    self.init(code, error.description)
  }
}
