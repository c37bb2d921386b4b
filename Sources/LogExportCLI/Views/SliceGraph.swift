internal import ExportSpec
internal import Planning
internal import Timeline

/// The graph from the resources that differ to the account, and on to containers, slices and the manifest.
///
/// Slices are folded by day where there are more than can be read.
struct SliceGraph {
  var nodes: [Node] = []
  var edges: [Edge] = []

  struct Node {
    var id: String
    var label: String
    var kind: Kind
  }

  struct Edge {
    var from: String
    var to: String
  }

  enum Kind: String, CaseIterable {
    case resource, refused, account, container, table, archived, missing, again, without, part, manifest
  }

  /// The most slices, of all tables, that are drawn one by one.
  private static let foldAbove = 48

  init(_ plan: Plan, spec: ExportSpec, storeURL: String) {
    let grids = Dictionary(spec.tables.map { ($0.name, $0.grid) }, uniquingKeysWith: { first, _ in first })
    let slices = plan.tables.reduce(0) { $0 + (grids[$1.table]?.tileCount(of: $1.window) ?? 0) }
    add("account", storeURL, .account)
    add("manifest", "manifest\n\(spec.destination.manifest)", .manifest, under: "account")
    addResources(plan, spec)
    for (index, table) in plan.tables.enumerated() {
      guard let grid = grids[table.table] else { continue }
      add("c\(index)", "container\n\(table.container)", .container, under: "account")
      add("t\(index)", table.table, .table, under: "c\(index)")
      edges.append(Edge(from: "t\(index)", to: "manifest"))
      if slices > Self.foldAbove {
        addDays(of: table, grid, index)
      } else {
        addSlices(of: table, grid, index)
      }
    }
  }

  private mutating func add(_ id: String, _ label: String, _ kind: Kind, under parent: String? = nil) {
    nodes.append(Node(id: id, label: label, kind: kind))
    if let parent { edges.append(Edge(from: parent, to: id)) }
  }

  /// What is mended before the account is written to stands before it, what needs a container behind that.
  private mutating func addResources(_ plan: Plan, _ spec: ExportSpec) {
    let resources = plan.posture.changes.map { PlanFile.Resource($0) }
    var order: [String] = []
    for resource in resources where !order.contains(resource.resource) { order.append(resource.resource) }
    var places = ["container \(spec.destination.manifest)": "manifest"]
    for (index, table) in plan.tables.enumerated() { places["container \(table.container)"] = "c\(index)" }
    for (index, name) in order.enumerated() {
      let lines = resources.filter { $0.resource == name }
      let label = ([name] + lines.map { "\($0.property) \(ResourceText($0).values)" }).joined(separator: "\n")
      add("r\(index)", label, lines.allSatisfy(\.isChanged) ? .resource : .refused)
      if let container = places[name] {
        edges.append(Edge(from: container, to: "r\(index)"))
      } else {
        edges.append(Edge(from: "r\(index)", to: "account"))
      }
    }
  }

  private mutating func addSlices(of table: TableChanges, _ grid: SliceGrid, _ index: Int) {
    let actions = Dictionary(table.actions.map { ($0.range, $0) }, uniquingKeysWith: { first, _ in first })
    let others = TimeRangeSet([table.window]).subtracting(TimeRangeSet(table.actions.map(\.range)))
    let ranges = (table.actions.map(\.range) + others.ranges.flatMap { Array(grid.tiles(of: $0)) }).sorted()
    for (number, range) in ranges.enumerated() {
      let id = "t\(index)s\(number)"
      let action = actions[range]
      let rows = action.map { $0.parts.reduce(0) { $0 + $1.part.count.rows } }
      let label = range.start.iso8601 + (rows.map { $0 > 0 ? "\n\(Quantity.count($0)) rows" : "" } ?? "")
      add(id, label, Self.kind(action), under: "t\(index)")
      guard let parts = action?.parts, parts.count > 1 else { continue }
      for (part, entry) in parts.enumerated() {
        let shard = entry.part.shard.map { " \($0)" } ?? ""
        add(
          "\(id)p\(part)", "\(entry.part.range.start.iso8601)\(shard)\n\(Quantity.count(entry.part.count.rows)) rows",
          .part, under: id)
      }
    }
  }

  private mutating func addDays(of table: TableChanges, _ grid: SliceGrid, _ index: Int) {
    guard let days = SliceGrid(width: .day) else { return }
    let actionsByDay = Dictionary(grouping: table.actions) { days.floor($0.range.start) }
    for (number, day) in days.tiles(of: table.window).enumerated() {
      let actions = actionsByDay[days.floor(day.start)] ?? []
      let slices = grid.tileCount(of: day)
      let rows = actions.reduce(0) { $0 + $1.parts.reduce(0) { $0 + $1.part.count.rows } }
      let kind = actions.first { !$0.isRecordOnly }.map { Self.kind($0) } ?? Self.kind(actions.first)
      var label = "\(day.start.dateText)\n\(slices) slices"
      if !actions.isEmpty { label += ", \(actions.count) to do\n\(Quantity.of(rows, "row"))" }
      add("t\(index)d\(number)", label, kind, under: "t\(index)")
    }
  }

  private static func kind(_ action: SliceAction?) -> Kind {
    switch action?.kind {
    case nil: .archived
    case .export: .missing
    case .replace: .again
    case .record: .without
    }
  }
}

extension SliceAction {
  fileprivate var isRecordOnly: Bool { parts.isEmpty }
}

// MARK: - Languages

extension SliceGraph {
  /// Graphviz DOT.
  var dot: String {
    var text = "digraph logexport {\n  rankdir=LR;\n  node [shape=box, style=filled, fontname=\"Helvetica\"];\n"
    for node in nodes {
      text +=
        "  \(node.id) [label=\"\(Self.escape(node.label, newline: "\\n"))\", fillcolor=\"\(node.kind.colour)\"];\n"
    }
    for edge in edges { text += "  \(edge.from) -> \(edge.to);\n" }
    return text + "}\n"
  }

  /// A Mermaid flowchart, as code hosts draw it in Markdown.
  var mermaid: String {
    var text = "flowchart LR\n"
    for node in nodes {
      text += "  \(node.id)[\"\(Self.escape(node.label, newline: "<br/>"))\"]:::\(node.kind.rawValue)\n"
    }
    for edge in edges { text += "  \(edge.from) --> \(edge.to)\n" }
    for kind in Kind.allCases { text += "  classDef \(kind.rawValue) fill:\(kind.colour),color:#000\n" }
    return text
  }

  private static func escape(_ label: String, newline: String) -> String {
    var text = ""
    for character in label {
      switch character {
      case "\n": text += newline
      case "\"": text += "'"
      case "\\": text += "/"
      default: text.append(character)
      }
    }
    return text
  }
}

extension SliceGraph.Kind {
  fileprivate var colour: String {
    switch self {
    case .resource: "#ffe9a8"
    case .refused: "#ffb3ab"
    case .account: "#dbe7ff"
    case .container: "#e8f0ff"
    case .table: "#ffffff"
    case .archived: "#c9ecd0"
    case .missing: "#ffe9a8"
    case .again: "#ffcf9e"
    case .without: "#eeeeee"
    case .part: "#fff6d8"
    case .manifest: "#e3d4ff"
    }
  }
}
