internal import Export
internal import Planning
internal import Synchronization
internal import Timeline

/// Says how far a verification has come: reading an archive may take hours.
final class VerifyProgress: Sendable {
  private let output: ProgressOutput
  private let log: Log
  private let tables: Int
  private let state = Mutex(State())

  private struct State {
    var tables = 0
    var read = 0
    var blobs = 0
    var bytes = 0
    var allBytes = 0
    var findings = 0
  }

  init(_ output: ProgressOutput, _ log: Log, tables: Int) {
    self.output = output
    self.log = log
    self.tables = tables
  }

  func take(_ event: VerifyEvent) {
    state.withLock { state in
      switch event {
      case .listed(_, let blobs, let bytes):
        state.tables += 1
        state.blobs += blobs
        state.allBytes += bytes
      case .progressed(let bytes): state.bytes += bytes
      case .read: state.read += 1
      case .found: state.findings += 1
      case .scanning: break
      }
    }
    switch event {
    case .scanning(let table, let bytes):
      let size = bytes.map { "about \(Quantity.bytes($0))" } ?? "an amount that is not known"
      log.write(.warning, "\(table): counting scans \(size), which is billed", ["table": .string(table)])
    case .found(let finding):
      log.write(
        .debug, "\(finding.slice): \(finding.blob): \(finding.what)",
        ["table": .string(finding.slice.table), "slice": .string(finding.slice.address)])
    default: break
    }
    refresh()
  }

  /// Shows how far it has come by now, where that is due.
  func refresh() {
    let text = { Self.text(self.state.withLock { $0 }, of: self.tables) }
    output.show(block: { width, _ in text().prefix(width - 1) + "\n" }, line: text)
  }

  private static func text(_ state: State, of tables: Int) -> String {
    var parts = ["Verifying"]
    if state.blobs > 0 {
      parts = [
        "Verifying: \(Quantity.count(state.read)) of \(Quantity.of(state.blobs, "blob")) read",
        "\(Quantity.bytes(state.bytes)) of \(Quantity.bytes(state.allBytes))",
        "\(state.tables) of \(Quantity.of(tables, "table"))",
      ]
    }
    if state.findings > 0 { parts.append(Quantity.of(state.findings, "finding")) }
    return parts.joined(separator: ", ")
  }
}
