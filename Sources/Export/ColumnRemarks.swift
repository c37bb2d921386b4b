internal import ExportSpec
internal import Planning
internal import RowEncoding
internal import Synchronization

/// Tells, once in a run, of each column that a folder of the path hides from readers of Parquet, and of each of which
/// `types` is without effect.
///
/// Where neither the spec nor the workspace's resource names the columns, a response is the first to do it.
final class ColumnRemarks: Sendable {
  private let told = Mutex<Set<String>>([])

  /// Reports what is new in the columns of a response.
  func look(at columns: [ResponseColumn], of table: TableSpec, _ report: (ApplyEvent) -> Void) {
    guard table.format == .parquet else { return }
    for column in columns {
      let folder = table.path.partition(hiding: column.name)
      let lacking = table.types[column.name]?.only.flatMap { $0 == column.type ? nil : $0 }
      guard folder != nil || lacking != nil,
        told.withLock({ $0.insert("\(table.name).\(column.name)").inserted })
      else { continue }
      if let folder { report(.columnHidden(table: table.name, column: column.name, folder: folder)) }
      if let lacking { report(.typeIdle(table: table.name, column: column.name, lacking: lacking)) }
    }
  }
}
