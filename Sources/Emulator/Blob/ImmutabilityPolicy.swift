/// A container's time-based retention policy.
struct ImmutabilityPolicy: Sendable, Codable, Equatable {
  /// Days since a blob's creation, 1 to 146,000.
  var days: Int
  /// Append blobs still take Append Block.
  var allowsAppends = false
  /// As `allowsAppends`, and set for block blobs too at the service.
  var allowsAppendsAll = false
  var isLocked = false
  /// How often the period was extended since it was locked; 5 is the most.
  var extensions = 0
  /// With its quotes.
  var etag: String

  /// Whether a blob's days are not over yet at `now`, seconds since 1970.
  func holds(_ blob: Blob, at now: Int64) -> Bool { now < blob.created + Int64(days) * 86_400 }

  /// Refuses what would change or delete a committed blob. Once its days are
  /// over it may be deleted, but never be changed while there is a policy.
  func permit(_ operation: Operation, on blob: Blob?, at now: Int64) throws(StorageError) {
    guard let blob, blob.isCommitted else { return }
    switch operation {
    case .deleteBlob:
      if holds(blob, at: now) { throw .immutable }
    case .putBlob, .putBlockList, .setMetadata, .setProperties: throw .immutable
    case .appendBlock:
      guard blob.kind == .append, allowsAppends || allowsAppendsAll else { throw .immutable }
    default: break
    }
  }
}

extension StorageError {
  /// 409: a policy of the container stands against it.
  static let immutable = StorageError(
    409, "BlobImmutableDueToPolicy", "This operation is not permitted as the blob is immutable due to a policy.")

  /// 409: a container with a policy keeps its blobs. The service documents the
  /// code for locked policies; that it serves for unlocked ones is inferred.
  static let containerImmutable = StorageError(
    409, "ContainerImmutabilityPolicyLocked",
    "The requested operation is not allowed as the container has a locked immutability policy.")
}
