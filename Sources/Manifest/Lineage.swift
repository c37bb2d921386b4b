internal import FoundationEssentials
package import Timeline

/// The identity of one archive, made by its first apply and bound to its workspace.
///
/// It lies as `lineage.json` in the manifest's container, and its id in the
/// metadata of every container, so that no spec can mix two archives.
package struct Lineage: Sendable, Equatable, Codable {
  /// Version of this file.
  package var formatVersion = 1
  /// A GUID, lower case.
  package var id: String
  /// The workspace's GUID.
  package var workspace: String
  /// ISO 8601.
  package var createdAt: String

  package init(id: String, workspace: String, createdAt: Tick) {
    self.id = id
    self.workspace = workspace
    self.createdAt = createdAt.iso8601
  }

  private enum CodingKeys: String, CodingKey {
    case formatVersion = "format_version"
    case id = "lineage"
    case workspace
    case createdAt = "created_at"
  }
}

extension Lineage {
  /// The blob that holds it, in the manifest's container.
  package static let blobName = "lineage.json"

  /// The lineage for a new archive, with a random id.
  package static func make(workspace: String, at now: Tick) -> Lineage {
    Lineage(id: UUID().uuidString.lowercased(), workspace: workspace, createdAt: now)
  }

  /// The metadata that binds a container to this archive.
  package var metadata: [String: String] { ["logexport_lineage": id, "logexport_workspace": workspace] }

  /// The lineage id in a container's metadata, where there is one.
  package static func id(in metadata: [String: String]) -> String? { metadata["logexport_lineage"] }

  /// The workspace in a container's metadata, where there is one.
  package static func workspace(in metadata: [String: String]) -> String? { metadata["logexport_workspace"] }

  /// The file's bytes.
  package func encoded() throws(ManifestError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    do { return Array(try encoder.encode(self)) + [0x0A] } catch {
      throw ManifestError(place: Self.blobName, reason: "it cannot be encoded: \(error)", remedy: "Report this.")
    }
  }

  /// Reads the file's bytes.
  package init(decoding bytes: [UInt8], place: String) throws(ManifestError) {
    do {
      self = try JSONDecoder().decode(Lineage.self, from: Data(bytes))
    } catch {
      throw ManifestError(
        place: place, reason: "it is no lineage file", remedy: "Nothing was changed. Restore the file from a copy.")
    }
    guard formatVersion == 1 else {
      throw ManifestError(
        place: place, reason: "its format version \(formatVersion) is unknown to this program",
        remedy: "Use the newer version of logexport that wrote it.")
    }
  }
}
