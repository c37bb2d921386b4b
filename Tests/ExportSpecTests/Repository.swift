import FoundationEssentials

/// The files of the repository, found from this file's own place.
enum Repository {
  static let root = String(#filePath.dropLast("/Tests/ExportSpecTests/Repository.swift".count))

  static func text(_ path: String) throws -> String {
    try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
  }

  /// The names of a folder's files, sorted.
  static func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)").sorted()
  }
}
