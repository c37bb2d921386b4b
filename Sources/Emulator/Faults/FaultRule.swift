/// One rule of `--faults`: what goes wrong, and when.
package struct FaultRule: Sendable, Equatable {
  /// Which of the matching requests it strikes.
  package enum Selection: Sendable, Equatable {
    case always
    /// By number among the matching requests, from 1.
    case numbered(ClosedRange<Int>)
    /// Every k-th matching request.
    case every(Int)
    /// By chance, 0 to 1, decided by the seed and the request's number.
    case rate(Double)
  }

  package var fault: Fault
  /// Nil for every operation that the fault makes sense for.
  package var operation: Operation?
  /// For queries: the table that the query begins with.
  package var table: String?
  package var selection: Selection

  /// A rule for every matching request unless said.
  package init(
    _ fault: Fault, operation: Operation? = nil, table: String? = nil, selection: Selection = .always
  ) {
    self.fault = fault
    self.operation = operation
    self.table = table
    self.selection = selection
  }

  /// Whether a request counts for this rule.
  func matches(_ request: Operation, table: String?) -> Bool {
    let isReached =
      if let operation { operation == request } else { fault.defaultOperations?.contains(request) ?? true }
    return isReached && (self.table == nil || self.table == table)
  }

  /// Whether the `number`-th matching request is struck.
  func strikes(_ number: Int, seed: UInt64) -> Bool {
    switch selection {
    case .always: true
    case .numbered(let range): range.contains(number)
    case .every(let step): number % step == 0
    case .rate(let share): Self.chance(number, seed: seed) < share
    }
  }

  /// A number in [0, 1) that depends on nothing but seed and position
  /// (the mixing function of SplitMix64).
  private static func chance(_ number: Int, seed: UInt64) -> Double {
    var value = seed &+ UInt64(number) &* 0x9E37_79B9_7F4A_7C15
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return Double((value ^ value >> 31) >> 11) / Double(1 << 53)
  }
}

/// What can go wrong.
package enum Fault: Sendable, Equatable {
  /// Refused as too busy: 429 by Log Analytics, 503 by storage.
  case throttle(retryAfter: Int)
  /// Refused with a status of one's choice.
  case status(Int)
  /// Log Analytics' hard error for an answer too large to send.
  case responseTooLarge
  /// 200 with an empty body, nothing done.
  case empty
  /// Connection reset before anything is done.
  case reset
  /// Done, but the connection is reset instead of a reply.
  case lostReply
  /// Silence before the reply, or in the middle of its body.
  case stall(seconds: Double, inBody: Bool)
  /// The body breaks off; `bytes` nil cuts inside its first piece.
  case truncate(bytes: Int?)
  /// Rows, then an error member with this inner code.
  case partial(code: String)
  /// The request's bearer token counts as expired from now on.
  case expireToken
  /// The lease of the addressed blob or container is gone.
  case leaseLost
  /// Rows of an NDJSON file arrive just before the request is answered.
  case lateRows(table: String, file: String)

  /// The operations meant where a rule names none; nil for all.
  var defaultOperations: Set<Operation>? {
    switch self {
    case .partial, .truncate, .lateRows, .empty, .responseTooLarge: [.query, .search]
    case .leaseLost: [.lease]
    case .expireToken: Set(Operation.allCases).subtracting([.token, .discovery, .unknown])
    default: nil
    }
  }

  /// The name in rules and counters.
  package var name: String {
    switch self {
    case .throttle: "throttle"
    case .status(let status): "\(status)"
    case .responseTooLarge: "response-too-large"
    case .empty: "empty"
    case .reset: "reset"
    case .lostReply: "lost-reply"
    case .stall: "stall"
    case .truncate: "truncate"
    case .partial: "partial"
    case .expireToken: "expire-token"
    case .leaseLost: "lease-lost"
    case .lateRows: "late-rows"
    }
  }
}
