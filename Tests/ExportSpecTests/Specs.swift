import Diagnostics
import ExportSpec

/// The Resource Manager id of the small spec's storage account.
let accountResource =
  "/subscriptions/7d6e5f00-1111-2222-3333-444455556666/resourceGroups/soc/providers/Microsoft.Storage/storageAccounts/stsocarchive"

/// A small valid spec with parts put in.
func specText(
  source: String = "", range: String = "range: { last: 30d }", destination: String = "", table: String = "",
  tail: String = ""
) -> String {
  """
  version: 1
  name: archive
  source: { workspace: 00000000-0000-0000-0000-000000000001 \(source) }
  \(range)
  destination: { account: stsocarchive \(destination) }
  tables:
    - { name: SecurityEvent \(table) }
  \(tail)
  """
}

func decode(
  _ text: String, environment: [String: String] = [:]
) -> (spec: ExportSpec?, diagnostics: [Diagnostic]) {
  ExportSpec.decode(text: text, file: "t.yaml", environment: environment)
}

/// A value as a YAML double-quoted scalar, its `$` kept from substitution.
func quoted(_ text: String) -> String {
  jsonString(text.split(separator: "$", omittingEmptySubsequences: false).joined(separator: "$$"))
}
