internal import Diagnostics
internal import YAML

extension ExportSpec {
  /// The values of a spec's file as one canonical text: JSON without blanks, members sorted by name,
  /// every scalar as a string, `${env:…}` filled in.
  ///
  /// Comments, layout and the order of members leave it as it is. Empty where the file is no YAML.
  package static func canonicalText(of text: String, environment: [String: String]) -> String {
    YAMLDocument.parse(text, file: "").root.map { canonicalText(of: $0, environment) } ?? ""
  }

  private static func canonicalText(of node: YAMLNode, _ environment: [String: String]) -> String {
    switch node.content {
    case .scalar(let scalar): jsonString(Substitution(scalar.text, environment: environment).text)
    case .sequence(let items): "[\(items.map { canonicalText(of: $0, environment) }.joined(separator: ","))]"
    case .mapping(let mapping):
      "{"
        + mapping.pairs.sorted { $0.key < $1.key }.map {
          "\(jsonString($0.key)):\(canonicalText(of: $0.value, environment))"
        }.joined(separator: ",") + "}"
    }
  }
}
