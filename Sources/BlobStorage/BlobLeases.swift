/// Leases of blobs: one holder at a time, and an end of their own where the holder dies.
///
/// Apart from `BlobStore`, since only the archive's lock needs them. Every
/// operation throws `refused` where the lease is another's, `notFound` where
/// there is no such blob.
package protocol BlobLeases: Sendable {
  /// Lease Blob (acquire) for 15 to 60 `seconds`, under an id that the caller makes, a GUID.
  ///
  /// Asking again under the same id prolongs it, so that a lost reply does no harm. Returns
  /// the seconds that it lasts; nil where it ends with the process that holds it.
  func acquireLease(of address: BlobAddress, id: String, seconds: Int) async throws(StoreError) -> Int?
  /// Lease Blob (renew): for as long again, also after its end where nobody has taken it since.
  func renewLease(of address: BlobAddress, id: String) async throws(StoreError)
  /// Lease Blob (release): ends exactly the lease of this id, whoever took it.
  func releaseLease(of address: BlobAddress, id: String) async throws(StoreError)
  /// Set Blob Metadata under the lease: replaces all of it.
  func setMetadata(
    of address: BlobAddress, _ metadata: [String: String], lease id: String
  ) async throws(StoreError)
  /// Get Blob Properties (HEAD): whether a lease is held, and the metadata; nil where there is no such blob.
  func lease(of address: BlobAddress) async throws(StoreError) -> BlobLease?
}

/// The lease of a blob, as anyone may see it.
package struct BlobLease: Sendable, Equatable {
  package var isHeld: Bool
  /// The blob's metadata, where a holder says who it is.
  package var metadata: [String: String]

  package init(isHeld: Bool, metadata: [String: String]) {
    self.isHeld = isHeld
    self.metadata = metadata
  }
}

/// A store whose blobs can be leased.
package typealias LeasingStore = BlobStore & BlobLeases
