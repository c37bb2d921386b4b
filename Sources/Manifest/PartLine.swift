/// The line of one part, whose texts are looked at where they lie.
///
/// Lives no longer than the call that hands it over.
package struct PartLine {
  private let line: ManifestLines

  init(_ line: ManifestLines) {
    self.line = line
  }
}

extension PartLine {
  /// The bytes of the blob's URL; doubled quotes stay as they are.
  package var blobURL: UnsafeBufferPointer<UInt8> { line.raw(.blobURL) }
  /// The blob's URL.
  package var blobURLText: String { line.text(.blobURL) }
  /// Base64, or empty.
  package var contentMD5: UnsafeBufferPointer<UInt8> { line.raw(.contentMD5) }
  /// Hexadecimal.
  package var sha256: UnsafeBufferPointer<UInt8> { line.raw(.sha256) }
  /// Whether the rows are this tool's; they may be adopted ones.
  package var isExported: Bool { line.raw(.status).elementsEqual(ManifestRow.Status.exported.rawValue.utf8) }
  package var rows: Int { integer(.rows) }
  /// Stored bytes.
  package var bytes: Int { integer(.bytes) }

  // Every line was checked when its segment was folded: none can fail now.
  private func integer(_ column: ManifestColumn) -> Int { (try? line.integer(column)) ?? -1 }
}
