package import BlobStorage
internal import Compression
internal import Manifest
internal import Timeline

/// Folds the pages of a listing of a table's container into its inventory.
package struct InventoryFold: Sendable {
  private let lineage: String
  private let table: String
  private var blobs: [ListedBlob] = []
  private var texts: [UInt8] = []
  private var shared = ReceiptTexts()

  /// Receipts count where they are of this lineage and table; before the first apply, none does.
  package init(lineage: String?, table: String) {
    self.lineage = lineage ?? ""
    self.table = table
  }
}

extension InventoryFold {
  /// Takes a listed blob in.
  package mutating func add(_ blob: BlobInfo) {
    let start = texts.count
    let etag = blob.etag.utf8
    texts += blob.name.utf8
    var listed = ListedBlob(
      start: start, nameCount: Int32(texts.count - start), etagCount: Int32(etag.count), size: blob.size,
      lastModified: blob.lastModified)
    texts += etag
    if let md5 = blob.contentMD5 {
      let text = Base64.encodeUTF8(md5)
      listed.md5Count = Int32(text.count)
      texts += text
    }
    listed.receipt = ReceiptText.read(blob.metadata) { receipt in
      guard !lineage.isEmpty, receipt[.lineage].elementsEqual(lineage.utf8),
        receipt[.table].elementsEqual(table.utf8)
      else { return nil }
      listed.sha256Count = Int32(receipt[.sha256].count)
      texts += receipt[.sha256]
      return shared.pack(receipt)
    }
    blobs.append(listed)
  }

  /// The inventory of all blobs so far.
  ///
  /// A name that was listed twice counts as it was listed last: between two pages a blob may have changed.
  package consuming func result() -> BlobInventory {
    sort()
    return BlobInventory(lineage: lineage, table: table, blobs: blobs, texts: texts, shared: shared)
  }

  /// Puts the blobs in the order of their names, which accounts with a hierarchical namespace do not list in.
  private mutating func sort() {
    let order = texts.withUnsafeBytes { texts -> [Int]? in
      func isBefore(_ a: Int, _ b: Int) -> Bool {
        texts[blobs[a].name].lexicographicallyPrecedes(texts[blobs[b].name])
      }
      if blobs.indices.dropFirst().allSatisfy({ isBefore($0 - 1, $0) }) { return nil }
      // Of the same name, the one that was listed last comes last.
      let sorted = blobs.indices.sorted { isBefore($0, $1) || !isBefore($1, $0) && $0 < $1 }
      return sorted.indices.filter { $0 + 1 == sorted.count || isBefore(sorted[$0], sorted[$0 + 1]) }.map { sorted[$0] }
    }
    if let order { blobs = order.map { blobs[$0] } }
  }
}
