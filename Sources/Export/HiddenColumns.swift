internal import ExportSpec
internal import RowEncoding
internal import Synchronization

/// Tells of each column that a folder of the path hides from readers of Parquet, once in a run.
///
/// Where neither the spec nor the workspace's resource names the columns, a response is the first to do it.
final class HiddenColumns: Sendable {
  private let told = Mutex<Set<String>>([])

  /// Reports what is new in the columns of a response.
  func look(at columns: [ResponseColumn], of table: TableSpec, _ report: (ApplyEvent) -> Void) {
    guard table.format == .parquet else { return }
    for column in columns {
      guard let folder = table.path.partition(hiding: column.name),
        told.withLock({ $0.insert("\(table.name).\(column.name)").inserted })
      else { continue }
      report(.columnHidden(table: table.name, column: column.name, folder: folder))
    }
  }
}
