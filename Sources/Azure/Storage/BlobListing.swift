internal import BlobStorage
internal import CExpat
internal import Compression
internal import Timeline

/// One page of List Blobs, read with expat.
///
///     <EnumerationResults><Blobs>
///       <Blob><Name>a</Name><Properties><Etag>…</Etag>…</Properties><Metadata><k>v</k></Metadata></Blob>
///     </Blobs><NextMarker>…</NextMarker></EnumerationResults>
struct BlobListing {
  var blobs: [BlobInfo] = []
  /// Where the next page begins; nil behind the last one.
  var nextMarker: String?

  /// Throws where the body is no such document.
  init(_ body: [UInt8]) throws(AzureError) {
    let reader = Reader()
    guard let parser = XML_ParserCreate("UTF-8") else {
      throw AzureError(.invalidResponse, "expat has no memory for a parser")
    }
    defer { XML_ParserFree(parser) }
    XML_SetUserData(parser, Unmanaged.passUnretained(reader).toOpaque())
    XML_SetElementHandler(
      parser,
      { context, name, attributes in
        guard let context, let name else { return }
        // Names that XML cannot hold are percent-encoded, and say so with their only attribute.
        let isEncoded = attributes?[0].map { String(cString: $0) } == "Encoded"
        Unmanaged<Reader>.fromOpaque(context).takeUnretainedValue().begin(String(cString: name), isEncoded)
      },
      { context, _ in
        guard let context else { return }
        Unmanaged<Reader>.fromOpaque(context).takeUnretainedValue().end()
      })
    XML_SetCharacterDataHandler(parser) { context, text, count in
      guard let context, let text else { return }
      let bytes = UnsafeRawBufferPointer(start: text, count: Int(count))
      Unmanaged<Reader>.fromOpaque(context).takeUnretainedValue().text += Array(bytes)
    }
    let status = body.withUnsafeBytes {
      XML_Parse(parser, $0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32($0.count), 1)
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

  /// Follows the elements; the path says what a text is.
  private final class Reader {
    var path: [String] = []
    var text: [UInt8] = []
    var blobs: [BlobInfo] = []
    var blob = BlobInfo(name: "", size: 0, etag: "", lastModified: .earliest)
    var nextMarker = ""
    var sawResults = false
    /// Whether the element at hand is percent-encoded.
    var isEncoded = false

    /// Whether each blob has what none can lack.
    var isComplete = true
    private var size: Int?

    func begin(_ name: String, _ isEncoded: Bool) {
      path.append(name)
      text = []
      self.isEncoded = isEncoded
      if path.count == 1 { sawResults = name == "EnumerationResults" }
      if name == "Blob", path.count == 3 {
        blob = BlobInfo(name: "", size: 0, etag: "", lastModified: .earliest)
        size = nil
      }
    }

    func end() {
      let value = String(decoding: text, as: UTF8.self)
      text = []
      let name = path.removeLast()
      switch path.count {
      case 1 where name == "NextMarker": nextMarker = value
      case 2 where name == "Blob": finish()
      case 3 where name == "Name": blob.name = isEncoded ? PercentEncoding.decode(value) : value
      case 4 where path[3] == "Properties": property(name, value)
      case 4 where path[3] == "Metadata": blob.metadata[name.lowercased()] = value
      default: break
      }
    }

    private func finish() {
      blob.size = size ?? 0
      if blob.name.isEmpty || blob.etag.isEmpty || size == nil { isComplete = false }
      blobs.append(blob)
    }

    private func property(_ name: String, _ value: String) {
      switch name {
      // Listings write ETags without the quotes that headers have.
      case "Etag": blob.etag = value.hasPrefix("\"") || value.isEmpty ? value : "\"\(value)\""
      case "Content-Length": size = Int(value)
      case "Last-Modified": blob.lastModified = HTTPDate.tick(value) ?? .earliest
      case "Content-MD5": blob.contentMD5 = Base64.decode(value).flatMap { $0.isEmpty ? nil : $0 }
      default: break
      }
    }
  }
}
