internal import BlobStorage
internal import CExpat
internal import Compression
internal import Timeline

/// One page of List Blobs, read with expat.
///
///     <EnumerationResults><Blobs>
///       <Blob><Name>a</Name><Properties><Etag>…</Etag>…</Properties><Metadata><k>v</k></Metadata></Blob>
///     </Blobs><NextMarker>…</NextMarker></EnumerationResults>
///
/// A page has some 200,000 elements, so texts are made only of those that count.
struct BlobListing {
  var blobs: [BlobInfo] = []
  /// Where the next page begins; nil behind the last one.
  var nextMarker: String?

  /// Throws where the body is no such document.
  init(_ body: [UInt8]) throws(AzureError) {
    guard let parser = XML_ParserCreate("UTF-8") else {
      throw AzureError(.invalidResponse, "expat has no memory for a parser")
    }
    defer { XML_ParserFree(parser) }
    XML_SetElementHandler(
      parser,
      { context, name, attributes in
        guard let name else { return }
        // Names that XML cannot hold are percent-encoded, and say so with their only attribute.
        let isEncoded = attributes?[0].map { isName($0, "Encoded") } ?? false
        context?.assumingMemoryBound(to: Reader.self).pointee.begin(name, isEncoded)
      },
      { context, _ in context?.assumingMemoryBound(to: Reader.self).pointee.end() })
    XML_SetCharacterDataHandler(parser) { context, text, count in
      let bytes = UnsafeRawBufferPointer(start: text, count: Int(count))
      context?.assumingMemoryBound(to: Reader.self).pointee.add(bytes)
    }
    var reader = Reader()
    let status = withUnsafeMutablePointer(to: &reader) { context in
      XML_SetUserData(parser, context)
      return body.withUnsafeBytes {
        XML_Parse(parser, $0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32($0.count), 1)
      }
    }
    guard status == XML_STATUS_OK, reader.sawResults else {
      throw AzureError(.invalidResponse, "the answer to a listing is no XML listing")
    }
    guard reader.isComplete else {
      throw AzureError(.invalidResponse, "the listing has a blob without a name, a size or an ETag")
    }
    blobs = reader.blobs
    nextMarker = reader.nextMarker.isEmpty ? nil : reader.nextMarker
  }
}

/// Whether a C string is `text`, which has no NUL.
private func isName(_ name: UnsafePointer<CChar>, _ text: StaticString) -> Bool {
  let count = text.utf8CodeUnitCount
  for index in 0..<count where UInt8(bitPattern: name[index]) != text.utf8Start[index] { return false }
  return name[count] == 0
}

/// Follows the elements, and gathers the text of those that count.
private struct Reader {
  private(set) var blobs: [BlobInfo] = []
  private(set) var nextMarker = ""
  private(set) var sawResults = false
  /// Whether each blob has what none can lack.
  private(set) var isComplete = true

  private var depth = 0
  private var isInBlob = false
  /// What the children of the blob's element at hand are.
  private var section = Section.other
  private var field = Field.other
  private var text: [UInt8] = []
  /// Whether the text is percent-encoded.
  private var isEncoded = false
  /// The metadata's name, in lower case.
  private var key: [UInt8] = []
  private var blob = BlobInfo(name: "", size: 0, etag: "", lastModified: .earliest)
  private var size: Int?
  /// Bytes of the latest blob's metadata.
  private var metadataSize = 0

  private enum Section { case properties, metadata, other }
  private enum Field { case nextMarker, name, etag, size, modified, md5, metadata, other }

  init() {}
}

extension Reader {
  mutating func begin(_ name: UnsafePointer<CChar>, _ isEncoded: Bool) {
    depth += 1
    field = .other
    switch depth {
    case 1: sawResults = isName(name, "EnumerationResults")
    case 2: if isName(name, "NextMarker") { field = .nextMarker }
    case 3: if isName(name, "Blob") { beginBlob() }
    case 4 where isInBlob:
      section = isName(name, "Properties") ? .properties : isName(name, "Metadata") ? .metadata : .other
      if isName(name, "Name") { field = .name }
    case 5 where isInBlob: field = fieldOfBlob(name)
    default: break
    }
    text.removeAll(keepingCapacity: true)
    self.isEncoded = isEncoded
  }

  private mutating func fieldOfBlob(_ name: UnsafePointer<CChar>) -> Field {
    switch section {
    case .other: return .other
    case .properties:
      if isName(name, "Etag") { return .etag }
      if isName(name, "Content-Length") { return .size }
      if isName(name, "Content-MD5") { return .md5 }
      return isName(name, "Last-Modified") ? .modified : .other
    case .metadata:
      key.removeAll(keepingCapacity: true)
      var next = name
      while next.pointee != 0 {
        let byte = UInt8(bitPattern: next.pointee)
        key.append((0x41...0x5A).contains(byte) ? byte + 0x20 : byte)
        next += 1
      }
      return .metadata
    }
  }

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    if field != .other { text.append(contentsOf: bytes) }
  }

  mutating func end() {
    var value: String { String(decoding: text, as: UTF8.self) }
    switch field {
    case .other: break
    case .nextMarker: nextMarker = value
    case .name: blob.name = isEncoded ? PercentEncoding.decode(value) : value
    // Listings write ETags without the quotes that headers have.
    case .etag: blob.etag = text.first == UInt8(ascii: "\"") || text.isEmpty ? value : "\"\(value)\""
    case .size: size = Int(value)
    case .modified: blob.lastModified = HTTPDate.tick(text) ?? .earliest
    case .md5: blob.contentMD5 = Base64.decode(utf8: text).flatMap { $0.isEmpty ? nil : $0 }
    case .metadata: blob.metadata.append(key, text)
    }
    field = .other
    depth -= 1
    if depth == 2, isInBlob { finishBlob() }
  }

  private mutating func beginBlob() {
    isInBlob = true
    blob = BlobInfo(name: "", size: 0, etag: "", lastModified: .earliest)
    // Neighbours have about as much of it.
    blob.metadata.reserve(metadataSize)
    size = nil
  }

  private mutating func finishBlob() {
    isInBlob = false
    blob.size = size ?? 0
    if blob.name.isEmpty || blob.etag.isEmpty || size == nil { isComplete = false }
    metadataSize = blob.metadata.size
    blobs.append(blob)
  }
}
