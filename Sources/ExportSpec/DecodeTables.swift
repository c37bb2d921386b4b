internal import Diagnostics
internal import Timeline
internal import YAML

extension SpecDecoder {
  /// `tables`: each entry with the defaults of `range` and `destination`.
  mutating func tables(_ field: Field, _ window: Window, _ target: Target) -> [TableSpec] {
    let items = list(field, "tables")
    if items.isEmpty, field.node.sequence != nil {
      report("no table is named", at: field.range, remedy: "name at least one")
    }
    var tables: [TableSpec] = []
    var lines: [String: Int] = [:]
    var startIsMissed = false
    for item in items {
      guard var table = table(item, window, target, &startIsMissed) else { continue }
      let place = table.position ?? item.range
      if let line = lines[table.name] {
        report(
          "the table \(table.name) is given twice", at: place, detail: "it was first given in line \(line)",
          remedy: "remove one of them")
        continue
      }
      lines[table.name] = place.start.line
      table.position = item.range
      tables.append(table)
    }
    checkContainers(tables, target, field.range)
    return tables
  }

  /// One entry: a bare name or a mapping.
  private mutating func table(
    _ node: YAMLNode, _ window: Window, _ target: Target, _ startIsMissed: inout Bool
  ) -> TableSpec? {
    guard !node.isNull else {
      report("a table has no name", at: node.range, remedy: "remove the entry, or give it a name")
      return nil
    }
    let section: Section
    let nameField: Field
    if node.scalar != nil {
      nameField = Field(key: "a table's name", keyRange: node.range, node: node)
      section = Section(kind: .table, range: node.range, fields: [:])
    } else {
      guard let mapping = self.section(node, .table) else { return nil }
      section = mapping
      // Without a name the rest is still judged.
      nameField =
        require(section, "name")
        ?? Field(
          key: "name", keyRange: node.range, node: YAMLNode(content: .scalar(YAMLScalar(text: "")), range: node.range))
    }
    let name = text(nameField).flatMap { identifier($0, "table") }
    let table = overrides(section, name ?? "Table", nameField.range, window, target, &startIsMissed)
    return name == nil ? nil : table
  }

  private mutating func overrides(
    _ section: Section, _ name: String, _ place: SourceRange, _ window: Window, _ target: Target,
    _ startIsMissed: inout Bool
  ) -> TableSpec {
    let named = section["columns"].map { self.columns($0) }
    let filter = section["where"].flatMap { predicate($0) }
    let (from, to) = bounds(section, window, place, &startIsMissed)
    let grid = section["slice"].flatMap { self.grid($0) } ?? window.grid
    let settle = section["settle"].flatMap { duration($0, zero: true) } ?? window.settle
    let retention = section["retention"].flatMap { days($0) }
    let plan = section["plan"].map { choice($0, or: TablePlan.analytics) }
    let format = section["format"].map { choice($0, or: target.format) } ?? target.format
    let compression = compression(section["compression"], format, target, place)
    let parquet = section["parquet"].map { self.parquet($0, target.parquet, of: format) } ?? target.parquet
    let types = section["types"].map { self.types($0, format) } ?? [:]

    let container = section["container"].map { containerTemplate($0) } ?? target.container
    let containerText = containerName(template: container.text, table: name)
    if !container.isBroken, let problem = containerNameProblem(containerText) {
      report(
        "\"\(containerText)\" is no container's name: \(problem)",
        at: section["container"]?.range ?? place, remedy: containerRemedy)
    }
    let path = section["path"].map { pathTemplate($0) } ?? target.path
    let pathPlace = section["path"] ?? section["slice"]
    checkPath(
      path, table: name, grid: grid, store: target.destination.store, at: pathPlace?.range ?? path.range ?? place)

    if format == .parquet {
      let place = section["path"]?.range ?? path.range ?? place
      let typed = typed(section["types"])
      checkPartitions(path, named?.map { ($0.text, $0.range) } ?? typed + [("TimeGenerated", place)])
      if let named { checkKept(typed, among: named.map(\.text)) }
    }

    return TableSpec(
      name: name, columns: named?.map(\.text), filter: filter, from: from, to: to, grid: grid, settle: settle,
      retention: retention, plan: plan, container: containerText, path: PathTemplate(text: path.text),
      format: format, compression: compression, dynamic: target.dynamic, nulls: target.nulls, parquet: parquet,
      types: types, position: place)
  }

  /// The table's own range over the spec's: each end on its own.
  private mutating func bounds(
    _ section: Section, _ window: Window, _ place: SourceRange, _ startIsMissed: inout Bool
  ) -> (RangeBound, RangeBound) {
    var own: Section?
    if let field = section["range"], !field.node.isNull { own = self.section(field.node, .tableRange) }
    let ownStart = own.flatMap { start($0) }
    let to = own?["to"].map { end($0) } ?? window.to
    let from = ownStart ?? window.from
    if let own { checkOrder(own, from, to) }
    if from == nil, !startIsMissed {
      // Said once: it would be the same for every table.
      startIsMissed = true
      report(
        "nothing says where the range begins", at: window.range ?? place,
        remedy: "give range: { from: 2024-11-23 } or range: { last: 365d }")
    }
    return (from ?? .now, to)
  }

  private mutating func columns(_ field: Field) -> [SpecText] {
    if field.node.sequence?.isEmpty == true {
      report("columns is empty", at: field.range, remedy: "name the columns to keep, or remove the key to keep all")
    }
    return uniqueTexts(field, "column names").filter { identifier($0, "column") != nil }
  }

  /// A table's or column's name.
  private mutating func identifier(_ value: SpecText, _ what: String) -> String? {
    if isIdentifier(value.text) { return value.text }
    report(
      "\(value.shown) is no \(what)'s name", at: value.range,
      remedy: "names are letters, digits and _, not beginning with a digit")
    return nil
  }

  /// Reports containers that two tables, or a table and the manifest or its lock, would share.
  private mutating func checkContainers(_ tables: [TableSpec], _ target: Target, _ all: SourceRange) {
    let manifest = target.destination.manifest
    var owners: [String: String] = [:]
    for table in tables {
      let place = table.position ?? all
      if let owner = owners.updateValue(table.name, forKey: table.container) {
        report(
          "\(owner) and \(table.name) would share the container \"\(table.container)\"", at: place,
          remedy: "put {table} into the container's name, or give one of them a container of its own")
      }
      if table.container == manifest {
        report(
          "\(table.name) would share the container \"\(manifest)\" with the manifest", at: place,
          remedy: "name another container for the table or the manifest")
      } else if table.container == lockContainerName(manifest: manifest) {
        report(
          "the container \"\(table.container)\" of \(table.name) is kept for the manifest's lock", at: place,
          remedy: "name another container for the table")
      }
    }
  }
}
