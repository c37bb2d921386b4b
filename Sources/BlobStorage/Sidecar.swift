internal import FoundationEssentials

/// The properties of a blob, as they lie beside it.
struct Sidecar: Codable {
  var contentType: String
  var contentEncoding: String?
  var contentMD5: [UInt8]?
  var metadata: [String: String]

  init(_ properties: BlobProperties) {
    contentType = properties.contentType
    contentEncoding = properties.contentEncoding
    contentMD5 = properties.contentMD5
    metadata = properties.metadata
  }
}

/// How far the appends to a file have been made, as it lies beside it.
struct AppendRecord: Codable {
  /// Bytes that count; whatever the file holds behind them was never finished.
  var size: Int
  var appends: Int
}

/// JSON of the small files beside blobs.
enum JSONText {
  /// Keys in order, for people to read.
  static func encode(_ value: some Encodable) throws(StoreError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    do { return Array(try encoder.encode(value)) } catch {
      throw StoreError(.local, operation: "encode sidecar", message: "\(error)")
    }
  }

  /// Throws `local` where the bytes are no such value.
  static func decode<Value: Decodable>(_ bytes: [UInt8], from file: String) throws(StoreError) -> Value {
    do { return try JSONDecoder().decode(Value.self, from: Data(bytes)) } catch {
      throw StoreError(
        .local, operation: "read \(file)", message: "it is no record of this store; restore it from a copy")
    }
  }
}
