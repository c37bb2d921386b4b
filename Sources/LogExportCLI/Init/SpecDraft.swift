internal import Diagnostics
internal import ExportSpec

/// The answers that a spec begins with.
struct SpecDraft {
  /// The archive's; nil for one by the store.
  var name: String?
  /// A GUID, or a reference to a variable that holds one.
  var workspace: String
  var cloud: Cloud
  /// Another query endpoint than the cloud's.
  var endpoint: String?
  var store: StoreLocation
  var range: Range
  /// Identifiers.
  var tables: [String]

  /// What of the tables is to be exported.
  enum Range {
    /// A length before now, as the spec writes it: `90d`.
    case last(String)
    /// Dates or times of ISO 8601; to now without an end.
    case from(String, to: String?)
  }
}

extension SpecDraft {
  /// The spec, with the keys that people look for next as comments.
  var text: String {
    """
    # What must lie in the archive. `logexport plan` says what is missing, `logexport apply` exports it.
    # docs/spec.md explains every key, `logexport schema` prints the schema for editors.
    version: 1
    name: \(title)

    source:
      # The workspace's id, a GUID; ${env:NAME} takes it from the environment or from .env.
      workspace: \(workspace)
      cloud: \(cloud.rawValue)  # public, usgovernment, china or emulator
    \(endpoint.map { "  endpoint: \(jsonString($0))\n" } ?? "")
    range:
    \(rangeText)
      slice: 1h   # exported and recorded one by one
      settle: 3h  # left alone for as long after its end, since rows still come in

    destination:
    \(storeText)
      container: "logs-{table}"
      format: ndjson     # ndjson, json, csv or parquet
      compression: gzip  # gzip, zstd or none
      # The ledger of what is archived.
      manifest: export-manifest

    # A table may say more than its name:
    #   - name: SigninLogs
    #     columns: [TimeGenerated, UserPrincipalName, ResultType]
    #     where: ResultType != "0"
    #     retention: 90d  # interactive retention; what is older and counts zero is not taken for empty
    #     plan: basic     # where its plan is not analytics: queries are billed
    tables:
    \(tables.map { "  - \($0)" }.joined(separator: "\n"))

    """
  }

  private var title: String {
    if let name { return name.isEmpty || !isIdentifier(name.replacing("-", with: "_")) ? jsonString(name) : name }
    if case .account(let account) = store { return account }
    return "log-archive"
  }

  private var rangeText: String {
    switch range {
    case .last(let length): "  last: \(length)\n  # from: 2025-01-01  # instead of last; a date or a time, UTC"
    case .from(let from, let to):
      "  from: \(from)  # a date or a time, UTC, inclusive\n"
        + (to.map { "  to: \($0)  # exclusive" } ?? "  # to: 2026-01-01  # exclusive; until then it is now")
    }
  }

  private var storeText: String {
    switch store {
    case .account(let name): "  account: \(name)"
    case .url(let url): "  url: \(jsonString(url))"
    case .directory(let path): "  directory: \(jsonString(path))  # relative to this file"
    }
  }
}
