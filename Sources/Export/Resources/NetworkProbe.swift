/// How long a store is asked whether it still answers after its network rules were changed.
///
/// Rules act some time after they are accepted, and not at every front end at once: the first answer may still be one
/// by the old rules. So answers have to be good over a while before the change counts as one that lets this job in.
package struct NetworkProbe: Sendable, Equatable {
  /// Between two looks.
  package var interval: Duration
  /// How long answers have to be good one after the other.
  package var settle: Duration
  /// How long after the change a refusal is still taken for one by the old rules, or by some of the front ends.
  package var patience: Duration

  package init(interval: Duration, settle: Duration, patience: Duration) {
    self.interval = interval
    self.settle = settle
    self.patience = patience
  }

  /// No page of Azure's says how long rules of a storage account take. Scripts of its own SDKs wait for 15 seconds
  /// after a change (azure-sdk-tools, eng/common/scripts), others for 30; this is twice that, and twice again.
  package static let azure = NetworkProbe(interval: .seconds(10), settle: .seconds(60), patience: .seconds(120))
  /// Rules of the emulator act after a number of requests.
  package static let emulator = NetworkProbe(
    interval: .milliseconds(200), settle: .seconds(2), patience: .seconds(4))
}

extension NetworkProbe {
  /// What the data plane answers as far as the network is concerned.
  package enum Reach: Sendable, Equatable {
    /// It let the request in, whatever it said of the role.
    case open
    /// 403 AuthorizationFailure, or no connection.
    case shut(reason: String)
  }

  /// Why the store is shut after a change of its rules; nil where it lets this job in, and goes on doing so.
  ///
  /// Time is that of the pauses alone, so that it is never taken for longer than it was. Ends after `patience` and
  /// `settle` together at the latest.
  /// - Parameter narrows: whether the change can shut anybody out; one that only lets in more has acted as soon as an
  ///   answer is good.
  package func refusal(
    narrows: Bool, reach: @Sendable () async throws(CancellationError) -> Reach,
    pause: @Sendable (Duration) async throws(CancellationError) -> Void
  ) async throws(CancellationError) -> String? {
    var elapsed = Duration.zero
    var goodSince: Duration?
    while true {
      switch try await reach() {
      case .open:
        let since = goodSince ?? elapsed
        goodSince = since
        if !narrows || elapsed - since >= settle { return nil }
      case .shut(let reason):
        goodSince = nil
        if elapsed >= patience { return reason }
      }
      try await pause(interval)
      elapsed += interval
    }
  }
}
