internal import BlobStorage
internal import Export
internal import ExportSpec
internal import FoundationEssentials
internal import Manifest
internal import Pacing
internal import Planning
internal import Timeline

/// What a command that looks at the archive works with.
struct Session: Sendable {
  var file: SpecFile
  var tables: [TableSpec]
  var source: any LogSource
  /// What all requests of the source are paced by.
  var pace: QueryPace
  var store: any LeasingStore
  /// The variable that signs for the store by an account key; nil where a token does.
  var storageKey: String?
  /// What Resource Manager is asked by; nil where the spec names no resource.
  var resources: (any ResourceStore)?
  /// What the workspace says of its tables, by name; empty where it was not asked.
  var facts: [String: TableFacts] = [:]
  /// What a person should know of the spec and the workspace.
  var remarks: [String] = []
  /// Read once, or fixed by `--as-of`.
  var now: Tick
  /// The wall clock, unless fixed.
  var clock: @Sendable () -> Tick
  var options: PlanOptions
  var log: Log
  var console: Console

  var progress: ProgressOutput

  /// Plans the slices, and says meanwhile how far it has come.
  func planSlices() async throws -> Plan {
    let view = PlanningView(progress, pace: pace, tables: tables.count)
    var resolver = Resolver(
      spec: file.spec, tables: tables, source: source, store: store, now: now, options: options
    ) { event in
      if case .scanning(let table, let bytes) = event {
        let size = bytes.map { "about \(Quantity.bytes($0))" } ?? "an amount that is not known"
        log.write(.warning, "\(table): counting scans \(size), which is billed", ["table": .string(table)])
      }
      view.take(event)
    }
    resolver.facts = facts
    resolver.asked = Tick.now()
    return try await progress.during(view.refresh) { [resolver] in try await resolver.plan() }
  }
}

extension Session {
  /// Reads the spec and connects to the source and the store; sends nothing yet.
  static func open(
    _ arguments: Arguments, environment: [String: String], console: Console,
    onRetry: @escaping @Sendable (String) -> Void
  ) throws(CommandFailure) -> Session {
    let file = try SpecFile.load(arguments, environment: environment, console: console)
    let log = try console.log(arguments)
    let connection = try Connection(file, arguments, log: log, onRetry: onRetry)
    let fixed = try time(arguments, "as-of")
    if let fixed, fixed > Tick.now() {
      throw CommandFailure(
        .usage,
        "--as-of \(fixed.iso8601) is yet to come: the clock cannot be set forward\n  Slices that are not over would be recorded as empty."
      )
    }
    var options = PlanOptions()
    options.noList = arguments.has("no-list")
    options.refresh = arguments.has("refresh")
    options.countBilled = arguments.has("count-billed")
    options.replace = Set(try addresses(arguments, "replace", file.spec))
    options.allowShrink = Set(try addresses(arguments, "allow-shrink", file.spec))
    options.from = try time(arguments, "from")
    options.to = try time(arguments, "to")
    let tables = try file.selected(arguments)
    try refuseNoSlices(file.spec, tables, options, now: fixed ?? Tick.now())
    return Session(
      file: file, tables: tables, source: try connection.source(),
      pace: connection.pace, store: try connection.store(),
      storageKey: try connection.storageKey(), resources: try connection.resources(),
      now: fixed ?? Tick.now(), clock: { fixed ?? Tick.now() }, options: options, log: log,
      console: console, progress: ProgressOutput(ProgressStyle(arguments, environment), log))
  }

  /// A selection that leaves nothing is a slip, not an archive that is complete.
  private static func refuseNoSlices(
    _ spec: ExportSpec, _ tables: [TableSpec], _ options: PlanOptions, now: Tick
  ) throws(CommandFailure) {
    if let from = options.from, let to = options.to, from >= to {
      throw CommandFailure(.usage, "--from \(from.iso8601) is not before --to \(to.iso8601)")
    }
    guard options.from != nil || options.to != nil else { return }
    func declared(_ table: TableSpec, _ options: PlanOptions) -> TimeRange {
      TableState(
        spec: table, limits: spec.limits, onChange: spec.onChange, deleteAfter: nil, storeURL: "", now: now,
        archived: .nothing, inventory: nil, options: options
      ).declared
    }
    guard tables.allSatisfy({ declared($0, options).isEmpty }), let first = tables.first else { return }
    let whole = declared(first, PlanOptions())
    throw CommandFailure(
      .usage,
      "--from and --to leave no slice of any table\n  The range of \(first.name) is \(whole.start.iso8601) to \(whole.end.iso8601), in whole slices."
    )
  }

  private static func time(_ arguments: Arguments, _ flag: String) throws(CommandFailure) -> Tick? {
    guard let text = arguments.value(flag) else { return nil }
    guard let tick = Tick(iso8601: text) else {
      throw CommandFailure(.usage, "--\(flag) '\(text)' is no time\n  Write 2025-01-31 or 2025-01-31T10:00:00Z.")
    }
    return tick
  }

  /// Slice addresses, in the spelling of plans.
  private static func addresses(
    _ arguments: Arguments, _ flag: String, _ spec: ExportSpec
  ) throws(CommandFailure) -> [String] {
    var addresses: [String] = []
    for text in arguments.all(flag) {
      guard let (table, address) = Slice.address(reading: text), spec.tables.contains(where: { $0.name == table })
      else {
        throw CommandFailure(
          .usage,
          "--\(flag) '\(text)' is no slice of this spec\n  Write TABLE/START, such as \(spec.tables[0].name)/2025-01-01T00:00:00Z."
        )
      }
      addresses.append(address)
    }
    return addresses
  }
}

extension Log {
  convenience init(_ arguments: Arguments) throws(CommandFailure) {
    try self.init(
      threshold: arguments.has("quiet") ? .error : arguments.has("verbose") ? .debug : .info,
      json: arguments.value("log-format") == "json",
      file: arguments.value("log-file"))
  }
}
