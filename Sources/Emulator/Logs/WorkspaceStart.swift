import FoundationEssentials

extension Workspace {
  /// The workspace of a command line: its folder, its limits and its files
  /// loaded. A table that `--load` names begins anew, so that the same command
  /// line on the same folder gives the same rows.
  package convenience init(_ options: EmulatorOptions) throws {
    let configuration = options.configuration
    let now = Ticks.unix(milliseconds: configuration.clock.milliseconds())
    var range = now - 365 * Ticks.day..<now
    if let given = options.generatedRange {
      guard let from = KQLTime.datetime(given.from), let to = KQLTime.datetime(given.to), from <= to else {
        throw EmulatorOptions.Malformed(description: "--generate-range: expected FROM/TO, FROM not after TO")
      }
      range = from..<to
    }
    for generator in options.generators where !ColumnNaming.isIdentifier(generator.table) {
      throw EmulatorOptions.Malformed(description: "--generate \(generator.table): no table can have this name")
    }
    try self.init(
      folder: configuration.dataFolder, limits: options.limits, generators: options.generators, generatedRange: range,
      seed: configuration.seed, clock: configuration.clock)
    var begun: Set<String> = []
    for load in options.loads {
      guard ColumnNaming.isIdentifier(load.table) else { throw LoadRefused(load, "no table can have this name") }
      do {
        let bytes = Array(try Data(contentsOf: URL(filePath: load.file)))
        try self.load(bytes, into: load.table, timeKey: load.timeColumn, anew: begun.insert(load.table).inserted)
      } catch let error as RowRefused {
        throw LoadRefused(load, error.description)
      } catch is CocoaError {
        throw LoadRefused(load, "the file cannot be read")
      }
    }
  }

  /// A file of the command line was not loaded.
  private struct LoadRefused: Error, CustomStringConvertible {
    let description: String

    init(_ load: EmulatorOptions.Load, _ reason: String) {
      description = "--load \(load.table)=\(load.file): \(reason)"
    }
  }
}
