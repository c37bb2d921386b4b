/// What all requests of a client share.
package struct HTTPConfiguration: Sendable {
  /// PEM authorities to trust instead of the system's.
  package var caFile: String?
  /// The value of the header `User-Agent`.
  package var userAgent: String
  /// How long a connection may take to be made, the name's resolution and TLS included.
  package var connectTimeout: Duration
  /// A body that brings nothing for this long is given up.
  package var stallTimeout: Duration

  package init(
    caFile: String? = nil, userAgent: String = "logexport", connectTimeout: Duration = .seconds(10),
    stallTimeout: Duration = .seconds(60)
  ) {
    self.caFile = caFile
    self.userAgent = userAgent
    self.connectTimeout = connectTimeout
    self.stallTimeout = stallTimeout
  }
}
