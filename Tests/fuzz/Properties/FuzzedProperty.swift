/// What must hold of any bytes whatever, for each reader of bytes that others wrote.
///
/// libFuzzer looks for bytes of which it does not hold; those that it once found
/// are kept, and read again by every run of the tests.
enum FuzzedProperty: String, CaseIterable {
  case transcoder, parquet, manifest, spec, blob, log

  /// What does not hold; nil where everything does.
  func fault(in bytes: [UInt8]) -> String? {
    switch self {
    case .transcoder: transcoderFault(in: bytes)
    case .parquet: parquetFault(in: bytes)
    case .manifest: manifestFault(in: bytes)
    case .spec: specFault(in: bytes)
    case .blob: blobFault(in: bytes)
    case .log: logFault(in: bytes)
    }
  }
}
