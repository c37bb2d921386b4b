package import BlobStorage
internal import HTTP

/// Lease Blob. Every refusal's code begins with `Lease`, which `StorageErrors` takes for `refused`.
extension AzureBlobStore: BlobLeases {
  package func acquireLease(of address: BlobAddress, id: String, seconds: Int) async throws(StoreError) -> Int? {
    _ = try await lease(
      address, "acquire", [("x-ms-lease-duration", String(seconds)), ("x-ms-proposed-lease-id", id)], 201)
    return seconds
  }

  package func renewLease(of address: BlobAddress, id: String) async throws(StoreError) {
    try await lease(address, "renew", [("x-ms-lease-id", id)], 200)
  }

  package func releaseLease(of address: BlobAddress, id: String) async throws(StoreError) {
    try await lease(address, "release", [("x-ms-lease-id", id)], 200)
  }

  private func lease(
    _ address: BlobAddress, _ action: String, _ headers: [(String, String)], _ status: Int
  ) async throws(StoreError) {
    _ = try await send(
      "Lease Blob", "PUT", address, "comp=lease", [("x-ms-lease-action", action)] + headers, expect: [status])
  }

  package func setMetadata(
    of address: BlobAddress, _ metadata: [String: String], lease id: String
  ) async throws(StoreError) {
    _ = try await send(
      "Set Blob Metadata", "PUT", address, "comp=metadata", metadataHeaders(metadata) + [("x-ms-lease-id", id)],
      expect: [200])
  }

  package func lease(of address: BlobAddress) async throws(StoreError) -> BlobLease? {
    let response = try await send("Get Blob Properties", "HEAD", address, expect: [200, 404])
    guard response.head.status == 200 else { return nil }
    return BlobLease(
      isHeld: response.head["x-ms-lease-status"] == "locked", metadata: Self.metadata(response))
  }
}
