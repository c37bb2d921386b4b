package import Timeline

/// Who holds an archive's lock, as the metadata of the lock's blob says.
package struct LockHolder: Sendable, Equatable {
  /// The lease's id, a GUID in lower case.
  package var lease: String
  /// As in the manifest.
  package var runID: String
  package var user: String
  package var host: String
  package var process: String
  package var command: String
  package var since: String

  package init(
    lease: String, runID: String, user: String, host: String, process: Int32, command: String, since: Tick
  ) {
    self.lease = lease
    self.runID = runID
    self.user = user
    self.host = host
    self.process = String(process)
    self.command = command
    self.since = since.iso8601
  }
}

extension LockHolder {
  /// The fields by their names in the metadata.
  private static let fields: [(name: String, field: any WritableKeyPath<LockHolder, String> & Sendable)] = [
    ("logexport_lease", \.lease), ("logexport_run_id", \.runID), ("logexport_user", \.user),
    ("logexport_host", \.host), ("logexport_process", \.process), ("logexport_command", \.command),
    ("logexport_since", \.since),
  ]

  /// As metadata; what is not printable ASCII becomes `?`.
  package var metadata: [String: String] {
    Dictionary(uniqueKeysWithValues: Self.fields.map { ($0.name, Self.printable(self[keyPath: $0.field])) })
  }

  private static let unknown = "unknown"

  /// Whether the metadata say who it is: between taking the lease and saying so a holder is not named yet, and who
  /// takes a lease by other tools never is. Where somebody held the lock before, it is that one for so long.
  package var isNamed: Bool { lease != Self.unknown }

  /// Reads metadata; what it does not say is `unknown`.
  package init(metadata: [String: String]) {
    self.init(lease: "", runID: "", user: "", host: "", process: 0, command: "", since: .earliest)
    for (name, field) in Self.fields {
      self[keyPath: field] = metadata[name].map(Self.printable) ?? Self.unknown
    }
  }

  private static func printable(_ text: String) -> String {
    String(decoding: text.utf8.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
  }
}

extension LockHolder: CustomStringConvertible {
  package var description: String {
    guard isNamed else { return "a run that has not said yet who it is" }
    return "run \(runID) (\(command)) of \(user) on \(host), process \(process), since \(since)"
  }
}
