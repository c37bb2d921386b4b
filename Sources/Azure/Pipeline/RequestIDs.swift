internal import Synchronization

/// Makes the ids that requests go out with, `x-ms-client-request-id`: a run's all begin alike, so that
/// the service's logs lead back to it.
///
/// Storage takes any text of up to 1 KiB, Resource Manager asks for a UUID without decoration, and the
/// query service says nothing of it: a UUID suits them all. Version 8 of RFC 9562 leaves its bits to
/// the maker: the run's number, the low 28 bits of its start, and a count.
package final class RequestIDs: Sendable {
  private let prefix: String
  private let count = Atomic<UInt64>(0)

  /// `run` is the run's number, `start` its start in seconds since the Unix epoch.
  package init(run: UInt32 = .random(in: .min ... .max), start: Int64 = 0) {
    let time = Self.hexadecimal(UInt64(truncatingIfNeeded: start) & 0xFFF_FFFF, 7)
    prefix = "\(Self.hexadecimal(UInt64(run), 8))-\(time.prefix(4))-8\(time.suffix(3))-8000-"
  }

  /// The next id, in lower case.
  package func next() -> String {
    let number = count.wrappingAdd(1, ordering: .relaxed).newValue
    return prefix + Self.hexadecimal(number & 0xFFFF_FFFF_FFFF, 12)
  }

  private static func hexadecimal(_ value: UInt64, _ digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}
