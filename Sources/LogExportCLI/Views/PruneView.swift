internal import BlobStorage
internal import Diagnostics
internal import Export
internal import Manifest
internal import Planning
internal import Timeline

/// What `logexport prune` would delete, and has deleted.
struct PruneView {
  let pruning: Pruning
  let style: Style

  /// One line a blob, and one for each that stays.
  var text: String {
    var lines: [String] = []
    for item in pruning.items {
      for blob in item.blobs {
        let facts =
          "generation \(blob.row.generation), \(Quantity.of(blob.row.rows, "row")), \(Quantity.bytes(blob.row.bytes))"
        let gone = blob.etag == nil ? ", gone already" : ""
        lines.append(
          "\(style.red("-")) \(displayable("\(item.slice.address)  \(blob.address)"))  \(item.kind.rawValue), \(facts)\(gone)"
        )
      }
    }
    for item in pruning.items where item.kind == .doubled {
      lines.append(
        "\(style.red("-")) \(item.slice.fullAddress)  doubled: given up, as other slices in force hold its time and no "
          + "fewer rows")
    }
    for kept in pruning.kept {
      lines.append("\(style.yellow("!")) \(displayable("\(kept.slice.address)  \(kept.blob)  stays: \(kept.reason)"))")
    }
    if !pruning.items.isEmpty {
      let blobs = pruning.items.reduce(0) { $0 + $1.blobs.count }
      let rows = pruning.items.filter { $0.kind == .undeclared }.reduce(0) { $0 + $1.rows }
      let bytes = pruning.items.reduce(0) { $0 + $1.bytes }
      var verdict = "Prune: \(Quantity.of(blobs, "blob")) to delete, \(Quantity.bytes(bytes))"
      if rows > 0 { verdict += "; \(Quantity.of(rows, "row")) will no longer be in the archive" }
      let unnamed = pruning.items.filter { $0.kind == .unrecorded }.reduce(0) { $0 + $1.rows }
      if unnamed > 0 {
        verdict +=
          "; \(Quantity.of(unnamed, "row")) that no row of the manifest names, perhaps the only ones with their columns"
      }
      lines.append(verdict + ".")
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// What was done.
  func done(_ outcome: PruneOutcome) -> String {
    var text = "Pruned: \(Quantity.of(outcome.deleted, "blob")) deleted (\(Quantity.bytes(outcome.bytes)))"
    if outcome.slices > 0 { text += ", \(Quantity.of(outcome.slices, "slice")) given up" }
    text += ".\n"
    for refusal in outcome.refused { text += "\(style.yellow("!")) \(displayable(refusal)): it stays\n" }
    return text
  }

  func json(_ outcome: PruneOutcome) -> String {
    let items = pruning.items.flatMap { item in
      item.blobs.map { blob in
        JSONValue.object([
          ("slice", .string(item.slice.address)), ("kind", .string(item.kind.rawValue)),
          ("generation", .integer(blob.row.generation)), ("blob", .string("\(blob.address)")),
          ("rows", .integer(blob.row.rows)), ("bytes", .integer(blob.row.bytes)),
        ])
      }
    }
    let kept = pruning.kept.map { kept in
      JSONValue.object([
        ("slice", .string(kept.slice.address)), ("blob", .string(kept.blob)), ("reason", .string(kept.reason)),
      ])
    }
    return JSONValue.object([
      ("format_version", 1), ("blobs", .array(items)), ("kept", .array(kept)), ("slices", .integer(outcome.slices)),
      ("deleted", .integer(outcome.deleted)), ("bytes", .integer(outcome.bytes)),
      ("refused", .array(outcome.refused.map { .string($0) })),
    ]).text + "\n"
  }
}
