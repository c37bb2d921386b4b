package import BlobStorage
internal import Compression
internal import Manifest
package import Timeline

/// The blobs of one table's container, as a listing showed them.
///
/// What is kept of them becomes values where somebody asks.
package struct BlobInventory: Sendable {
  /// In the order of their names' bytes, each name once.
  let blobs: [ListedBlob]
  /// Positions of the blobs with a receipt of this archive, by slice and then by name.
  let received: [Int32]
  private let texts: [UInt8]
  private let shared: ReceiptTexts
  private let lineage: String
  private let table: String

  init(lineage: String, table: String, blobs: [ListedBlob], texts: [UInt8], shared: ReceiptTexts) {
    self.lineage = lineage
    self.table = table
    self.blobs = blobs
    self.texts = texts
    self.shared = shared
    func slice(_ position: Int32) -> TimeRange {
      blobs[Int(position)].receipt?.sliceRange ?? TimeRange(.earliest, .earliest)
    }
    received = blobs.indices.filter { blobs[$0].receipt != nil }.map { Int32($0) }
      .sorted { (slice($0), $0) < (slice($1), $1) }
  }
}

// MARK: - By name

extension BlobInventory {
  /// The blob of a name.
  package subscript(_ name: String) -> BlobInfo? {
    var name = name
    return name.withUTF8 { position(of: UnsafeRawBufferPointer($0), near: 0) }.map(info)
  }

  /// The position of a blob; `hint` is where it is most likely.
  func position(of name: UnsafeRawBufferPointer, near hint: Int) -> Int? {
    texts.withUnsafeBytes { texts in
      if hint < blobs.count, name.elementsEqual(texts[blobs[hint].name]) { return hint }
      var low = 0
      var high = blobs.count
      while low < high {
        let middle = (low + high) / 2
        if texts[blobs[middle].name].lexicographicallyPrecedes(name) { low = middle + 1 } else { high = middle }
      }
      return low < blobs.count && name.elementsEqual(texts[blobs[low].name]) ? low : nil
    }
  }

  /// The blob at a position, without its metadata.
  private func info(_ position: Int) -> BlobInfo {
    let blob = blobs[position]
    return BlobInfo(
      name: string(blob.name), size: blob.size, etag: string(blob.etag), lastModified: blob.lastModified,
      contentMD5: blob.md5.isEmpty ? nil : Base64.decode(utf8: Array(texts[blob.md5])))
  }

  private func string(_ range: Range<Int>) -> String { String(decoding: texts[range], as: UTF8.self) }

  /// Whether a text of a blob is this one.
  func isText(_ range: Range<Int>, _ text: UnsafeBufferPointer<UInt8>) -> Bool { text.elementsEqual(texts[range]) }
}

// MARK: - By slice

extension BlobInventory {
  /// The slices that receipts of this archive are of, in order, each as often as there are receipts.
  package var slices: [TimeRange] { received.compactMap { blobs[Int($0)].receipt?.sliceRange } }

  /// The blobs with a receipt of this archive for exactly this slice.
  func receipts(of slice: TimeRange) -> [AdoptedBlob] {
    var low = 0
    var high = received.count
    while low < high {
      let middle = (low + high) / 2
      if let found = blobs[Int(received[middle])].receipt?.sliceRange, found < slice {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return received[low...].prefix { blobs[Int($0)].receipt?.sliceRange == slice }.compactMap { receipt(at: Int($0)) }
  }

  /// The blob at a position with its receipt, where it has one of this archive.
  func receipt(at position: Int) -> AdoptedBlob? {
    guard let packed = blobs[position].receipt else { return nil }
    let sha256 = string(blobs[position].sha256)
    return AdoptedBlob(
      info: info(position),
      receipt: shared.receipt(packed, lineage: lineage, table: table, sha256: sha256))
  }
}
