/// A manifest that cannot be trusted; nothing is written while there is one.
package struct ManifestError: Error, Sendable, Equatable {
  /// Container and name of the segment, or the container alone.
  package var place: String
  /// 1-based, where a line is at fault.
  package var line: Int?
  package var reason: String
  /// What to do about it.
  package var remedy: String

  package init(place: String, line: Int? = nil, reason: String, remedy: String) {
    self.place = place
    self.line = line
    self.reason = reason
    self.remedy = remedy
  }
}

extension ManifestError: CustomStringConvertible {
  package var description: String {
    "\(place)\(line.map { ":\($0)" } ?? ""): \(reason)\n  \(remedy)"
  }
}
