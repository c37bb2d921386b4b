import Diagnostics
import ExportSpec
import Testing
import YAML

/// The JSON Schema as a tree; JSON is YAML.
private struct Schema {
  let root: YAMLMapping

  init() throws {
    let text = try Repository.text("schemas/logexport-v1.schema.json")
    let document = YAMLDocument.parse(text, file: "schema")
    #expect(document.diagnostics.isEmpty)
    root = try #require(document.root?.mapping)
  }

  /// What `$ref` names, where a mapping has one.
  func resolved(_ mapping: YAMLMapping) -> YAMLMapping {
    guard let reference = mapping["$ref"]?.scalar?.text else { return mapping }
    let name = String(reference.dropFirst("#/$defs/".count))
    return root["$defs"]?.mapping?[name]?.mapping ?? mapping
  }

  func properties(_ mapping: YAMLMapping) -> [(key: String, value: YAMLMapping)] {
    (resolved(mapping)["properties"]?.mapping?.pairs ?? []).compactMap { pair in
      pair.value.mapping.map { (pair.key, $0) }
    }
  }

  /// Every mapping that describes a mapping of the spec, by its place.
  func sections() throws -> [(SpecSection, YAMLMapping)] {
    let definitions = try #require(root["$defs"]?.mapping)
    let network = try #require(definitions["network"]?.mapping)
    let allow = try #require(properties(network).first { $0.key == "allow" }?.value)
    var result: [(SpecSection, YAMLMapping)] = [(.spec, root), (.allow, allow)]
    for kind in SpecSection.allCases where kind != .spec && kind != .allow {
      result.append((kind, try #require(definitions[kind.rawValue]?.mapping)))
    }
    return result
  }
}

@Suite struct SchemaTests {
  @Test func `the schema and the decoder know the same keys`() throws {
    let schema = try Schema()
    for (kind, mapping) in try schema.sections() {
      #expect(Set(schema.properties(mapping).map(\.key)) == Set(kind.keys), "\(kind)")
      #expect(mapping["additionalProperties"]?.scalar?.value == .bool(false), "\(kind)")
    }
  }

  @Test func `every key is described`() throws {
    let schema = try Schema()
    for (kind, mapping) in try schema.sections() {
      for (key, value) in schema.properties(mapping) {
        let description = value["description"] ?? schema.resolved(value)["description"]
        #expect((description?.scalar?.text.count ?? 0) > 10, "\(kind).\(key)")
      }
    }
  }

  @Test func `the schema and the decoder know the same words`() throws {
    let schema = try Schema()
    func words(_ kind: SpecSection, _ key: String) throws -> [String] {
      let mapping = try #require(try schema.sections().first { $0.0 == kind }?.1)
      let value = schema.resolved(try #require(schema.properties(mapping).first { $0.key == key }?.value))
      return value["anyOf"]?.sequence?.first?.mapping?["enum"]?.sequence?.compactMap { $0.scalar?.text } ?? []
    }
    #expect(try words(.source, "cloud") == Cloud.allCases.map(\.rawValue))
    #expect(try words(.spec, "onChange") == ChangePolicy.allCases.map(\.rawValue))
    #expect(try words(.destination, "format") == OutputFormat.allCases.map(\.rawValue))
    #expect(try words(.table, "compression") == CompressionKind.allCases.map(\.rawValue))
    #expect(try words(.destination, "dynamic") == DynamicStyle.allCases.map(\.rawValue))
    #expect(try words(.destination, "nulls") == NullStyle.allCases.map(\.rawValue))
    #expect(try words(.parquet, "datetime") == ParquetForm.TimeForm.allCases.map(\.rawValue))
    #expect(try words(.parquet, "guid") == ParquetForm.GUIDForm.allCases.map(\.rawValue))
    #expect(try words(.table, "plan") == TablePlan.allCases.map(\.rawValue))
    for kind in [SpecSection.network, .access] {
      #expect(try words(kind, "manage") == PostureMode.allCases.map(\.rawValue))
    }
    #expect(try words(.network, "default") == NetworkAction.allCases.map(\.rawValue))
    #expect(try words(.allow, "others") == OtherRules.allCases.map(\.rawValue))
    #expect(try words(.securityRule, "access") == NetworkAction.allCases.map(\.rawValue))
    #expect(try words(.securityRule, "direction") == SecurityRulePolicy.Direction.allCases.map(\.rawValue))
    #expect(try words(.securityRule, "protocol") == SecurityRulePolicy.TransportProtocol.allCases.map(\.rawValue))
  }

  @Test func `the reference describes every key`() throws {
    let text = try Repository.text("docs/spec.md")
    for kind in SpecSection.allCases {
      for key in kind.keys { #expect(text.contains("`\(key)`"), "\(kind).\(key)") }
    }
  }
}
