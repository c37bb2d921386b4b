/// What is stored with a blob as names and values.
///
/// One run of bytes, each text behind its length, as a listing may bring millions:
///
///     4 "rows" 4 "1000" 5 "table" 13 "SecurityEvent"
package struct BlobMetadata: Sendable {
  private var bytes: [UInt8] = []

  package init() {}

  /// In the order of the names.
  package init(_ values: [String: String]) {
    for (name, value) in values.sorted(by: { $0.key < $1.key }) { append(Array(name.utf8), Array(value.utf8)) }
  }
}

extension BlobMetadata {
  /// Adds a name that is not there yet, and its value: both UTF-8, the name in lower case.
  package mutating func append(_ name: [UInt8], _ value: [UInt8]) {
    append(name)
    append(value)
  }

  private mutating func append(_ text: [UInt8]) {
    withUnsafeBytes(of: UInt32(text.count)) { bytes.append(contentsOf: $0) }
    bytes += text
  }

  /// Bytes that it takes, lengths and all.
  package var size: Int { bytes.count }

  /// Makes room for so many bytes.
  package mutating func reserve(_ size: Int) { bytes.reserveCapacity(size) }

  /// Calls `body` with each name and its value, in UTF-8, and `then` behind the last, until whose end they last.
  package func withEach(
    _ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void, then: () -> Void = {}
  ) {
    bytes.withUnsafeBytes { buffer in
      var index = 0
      func next() -> UnsafeRawBufferPointer {
        let count = Int(buffer.loadUnaligned(fromByteOffset: index, as: UInt32.self))
        index += 4 + count
        return UnsafeRawBufferPointer(rebasing: buffer[index - count..<index])
      }
      while index < buffer.count {
        let name = next()
        body(name, next())
      }
      then()
    }
  }

  package var values: [String: String] {
    var values: [String: String] = [:]
    withEach { values[String(decoding: $0, as: UTF8.self)] = String(decoding: $1, as: UTF8.self) }
    return values
  }
}

extension BlobMetadata: Equatable {
  /// In whatever order.
  package static func == (a: BlobMetadata, b: BlobMetadata) -> Bool { a.bytes == b.bytes || a.values == b.values }
}

extension BlobMetadata: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, String)...) {
    self.init(Dictionary(elements, uniquingKeysWith: { _, last in last }))
  }
}

extension BlobMetadata: CustomStringConvertible {
  package var description: String {
    values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
  }
}
