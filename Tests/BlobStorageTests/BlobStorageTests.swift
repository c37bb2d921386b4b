import Testing

@Suite struct BlobStorageTests {}
