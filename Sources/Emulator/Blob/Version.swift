/// The version of a blob or container.
struct Version: Sendable, Codable, Equatable {
  /// With its quotes.
  var etag: String
  /// Seconds since 1970.
  var modified: Int64

  /// The two headers that tell it.
  var headers: [(String, String)] { [("ETag", etag), ("Last-Modified", HTTPDate.format(modified))] }
}
