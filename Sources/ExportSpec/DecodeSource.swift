internal import Timeline
internal import YAML

extension SpecDecoder {
  /// `source`.
  mutating func source(_ field: Field) -> Source {
    var source = Source(workspace: "")
    guard !field.node.isNull, let section = section(field.node, .source) else { return source }
    if let field = require(section, "workspace"), let value = text(field) {
      if isGUID(value.text) {
        source.workspace = value.text.lowercased()
      } else {
        report(
          "\(value.shown) is no workspace id", at: value.range,
          detail: "a workspace id is a GUID, like 00000000-0000-0000-0000-000000000001",
          remedy: "take it from the workspace's overview in the portal, not its name or resource id")
      }
    }
    source.resource = section["resource"].flatMap { text($0) }.flatMap { resourceID($0, .workspace) }
    source.cloud = section["cloud"].map { choice($0, or: .public) } ?? .public
    source.endpoint = section["endpoint"].flatMap { text($0) }.flatMap { endpoint($0) }
    return source
  }

  /// `limits`.
  mutating func limits(_ field: Field) -> ResponseLimits {
    var limits = ResponseLimits()
    guard !field.node.isNull, let section = section(field.node, .limits) else { return limits }
    // The service's own limits bound ours: 500,000 rows, and the engine stops at 64,000,000 bytes.
    // An answer with as many rows as the limit counts as truncated: at least one row must lie below it.
    if let rows = section["rows"].flatMap({ integer($0, 2...500_000) }) { limits.rows = rows }
    if let bytes = section["bytes"].flatMap({ size($0, 1...64_000_000) }) { limits.bytes = bytes }
    return limits
  }

  /// A Resource Manager id of the kind that is wanted.
  mutating func resourceID(_ value: SpecText, _ kind: ResourceKind) -> String? {
    if kind.matches(value.text) { return value.text }
    report(
      "\(value.shown) is no resource id of a \(kind.title)", at: value.range, remedy: "it looks like \(kind.pattern)")
    return nil
  }

  /// An absolute URL without a trailing slash.
  mutating func endpoint(_ value: SpecText) -> String? {
    do throws(EndpointURL.Problem) {
      return try EndpointURL(value.text).text
    } catch {
      let shown = error.holdsSecret ? "the URL" : value.shown
      report(
        "\(shown) cannot be used: \(error.reason)", at: value.range, remedy: error.remedy,
        hidesSource: error.holdsSecret)
      return nil
    }
  }
}
