/// Gives every key of loaded rows a column's name.
///
/// A name is a letter or `_`, then letters, digits or `_`, all ASCII: any other
/// character becomes `_`, and a name that begins with a digit gets a `_` before
/// it. Where a name is taken (SQLite compares without case), a number from 1 is
/// added. Longer names than 500 bytes are cut.
struct ColumnNaming {
  /// The time column; no other key may take its name.
  static let time = "TimeGenerated"
  /// Columns that every table has without being told.
  static let hidden = [
    LogColumn("_BilledSize", .real), LogColumn("_ItemId", .guid), LogColumn("_TimeReceived", .datetime),
    LogColumn("_ResourceId", .string),
  ]

  /// Whether KQL takes a name without quoting it.
  static func isIdentifier(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 500 && sanitised(name) == name
  }

  /// A key's characters made fit for a name.
  static func sanitised(_ key: String) -> String {
    var name = ""
    for scalar in key.unicodeScalars.prefix(500) {
      switch scalar {
      case "a"..."z", "A"..."Z", "_": name.unicodeScalars.append(scalar)
      case "0"..."9":
        if name.isEmpty { name = "_" }
        name.unicodeScalars.append(scalar)
      default: name += "_"
      }
    }
    return name.isEmpty ? "_" : name
  }

  private var taken: Set<String>

  /// Names in use already.
  init(taken: some Sequence<String>) {
    self.taken = Set(taken.map { $0.lowercased() })
    for name in Self.hidden.map(\.name) + [Self.time] { self.taken.insert(name.lowercased()) }
  }

  /// A free name for a key, taken from now on.
  mutating func name(for key: String) -> String {
    let plain = Self.sanitised(key)
    var name = plain
    var number = 0
    while !taken.insert(name.lowercased()).inserted {
      number += 1
      name = "\(plain)\(number)"
    }
    return name
  }
}
