internal import BlobStorage
internal import Manifest
internal import Planning
internal import Timeline

/// Deletes blobs that no generation in force refers to any more.
struct Obsolete: Sendable {
  var context: ApplyContext
  var table: String

  /// Deletes each; one that a policy or a lease protects is listed in the
  /// manifest as superseded instead. Returns how many went.
  ///
  /// Nothing fails for it: a blob that stays is seen by the next plan.
  func delete(_ blobs: [ObsoleteBlob]) async -> Int {
    var deleted = 0
    for blob in blobs {
      do throws(StoreError) {
        try await context.store.delete(blob.address, ifMatch: blob.etag)
        deleted += 1
      } catch {
        switch error.code {
        case .notFound: deleted += 1
        case .refused: await note(blob, error)
        default: context.report(.superseded(blob: "\(blob.address)", reason: error.description))
        }
      }
    }
    return deleted
  }

  private func note(_ blob: ObsoleteBlob, _ error: StoreError) async {
    context.report(.superseded(blob: "\(blob.address)", reason: error.description))
    guard var row = blob.row else { return }
    row.status = .superseded
    do { try await context.ledger.append([row]) } catch {
      context.report(.superseded(blob: "\(blob.address)", reason: "it could not be listed either: \(error)"))
    }
  }
}
