internal import Export
internal import Synchronization

/// Says how far the looking at blobs has come: a year of hourly slices has 8,760, a request each.
final class LookProgress: Sendable {
  private let output: ProgressOutput
  /// What they are looked at for: `Importing`.
  private let work: String
  private let state = Mutex((looked: 0, blobs: 0))

  init(_ output: ProgressOutput, _ work: String) {
    self.output = output
    self.work = work
  }

  func take(_ event: LookEvent) {
    state.withLock { state in
      switch event {
      case .found(let blobs): state.blobs += blobs
      case .looked: state.looked += 1
      }
    }
    refresh()
  }

  /// Shows how far it has come by now, where that is due.
  func refresh() {
    let (looked, blobs) = state.withLock { $0 }
    let text = { Self.text(self.work, looked: looked, of: blobs) }
    output.show(block: { width, _ in text().prefix(width - 1) + "\n" }, line: text)
  }

  /// One line.
  static func text(_ work: String, looked: Int, of blobs: Int) -> String {
    blobs == 0 ? work : "\(work): \(Quantity.count(looked)) of \(Quantity.of(blobs, "blob")) looked at"
  }
}
