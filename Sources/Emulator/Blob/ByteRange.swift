/// The range of a read.
struct ByteRange {
  let span: Range<Int>
  let header: String

  /// Reads `x-ms-range` or `Range`, in the forms `bytes=a-b` and `bytes=a-`;
  /// nil where there is neither.
  init?(_ request: BlobRequest, length: Int) throws(StorageError) {
    guard let text = request.header("x-ms-range") ?? request.header("range"), text.hasPrefix("bytes=") else {
      return nil
    }
    let parts = text.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let start = Int(parts[0]) else { return nil }
    guard start < length else { throw .invalidRange }
    let last = Int(parts[1]).map { min($0, length - 1) } ?? length - 1
    guard start <= last else { return nil }
    span = start..<last + 1
    header = "bytes \(start)-\(last)/\(length)"
  }
}
