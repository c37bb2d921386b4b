internal import Diagnostics
internal import YAML

extension SpecDecoder {
  /// `access`: what the exporting identity may do.
  mutating func access(_ field: Field) -> AccessPolicy? {
    guard !field.node.isNull, let section = section(field.node, .access) else { return nil }
    let mode = section["manage"].map { choice($0, or: PostureMode.check) } ?? .check
    guard let value = require(section, "principal").flatMap({ text($0) }) else { return nil }
    guard isGUID(value.text) else {
      report(
        "\(value.shown) is no principal", at: value.range,
        detail: "a principal is known by its object id, a GUID",
        remedy: "az ad sp show --id CLIENT-ID --query id, or the identity's object id in the portal")
      return nil
    }
    return AccessPolicy(principal: value.text.lowercased(), manage: mode)
  }
}
