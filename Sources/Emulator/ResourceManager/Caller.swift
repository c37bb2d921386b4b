import Synchronization

/// Where requests to Blob storage come from, as the network rules see it. All
/// of them come from loopback, so it is told.
package enum Caller: Sendable, Equatable {
  /// A public address.
  case address(String)
  /// The identifier of a subnet.
  case subnet(String)

  /// An address of the documentation's own (RFC 5737), which no rule names
  /// unless it means to.
  package static let outside = Caller.address("198.51.100.1")

  /// Reads an IPv4 address or a subnet's identifier; nil where it is neither.
  package init?(_ text: String) {
    if let address = IPv4(text), address.length == 32, !text.contains("/") {
      self = .address(text)
    } else if ResourcePath(text.split(separator: "/").map(String.init)).kind
      == "microsoft.network/virtualnetworks/subnets", text.hasPrefix("/")
    {
      self = .subnet(text)
    } else {
      return nil
    }
  }
}

/// The caller that counts now.
final class CallerSetting: Sendable {
  private let state: Mutex<Caller>

  /// Starts with what the command line says.
  init(_ caller: Caller) { state = Mutex(caller) }

  var value: Caller {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }
}
