import FoundationEssentials
import Synchronization

/// A resource as it is kept: the identity that answers have, and the rest of
/// its object.
struct ResourceDocument: Sendable, Codable, Equatable {
  var id: String
  /// `Microsoft.Network/virtualNetworks`.
  var type: String
  /// Without quotes.
  var etag: String
  /// `location`, `tags`, `sku`, `kind`, `properties` and whatever else came.
  var content: JSONValue

  /// A new version of a resource.
  init(id: String, type: String, content: JSONValue) {
    self.id = id
    self.type = type
    self.content = content
    etag = Digest.guid()
  }

  /// The last name of its identifier.
  var name: String { id.split(separator: "/").last.map(String.init) ?? "" }

  var properties: JSONValue { content["properties"] ?? .object([:]) }

  /// The object that answers show.
  var shown: JSONValue { content.merging(["id": .string(id), "name": .string(name), "type": .string(type)]) }
}

/// Every resource of the subscription, by `ResourceID.key`; containers and
/// their policies aside, which live with the blobs.
final class ResourceStore: Sendable {
  /// All resources by their keys.
  typealias Documents = [String: ResourceDocument]

  private let path: String?
  private let state: Mutex<Documents>

  /// Keeps everything in memory, or in `folder/resources.json`, from which it
  /// also takes up what an earlier run left.
  init(folder: String?) throws {
    path = folder.map { $0 + "/resources.json" }
    guard let folder, let path, FileManager.default.fileExists(atPath: path) else {
      if let folder { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }
      state = Mutex([:])
      return
    }
    do {
      state = Mutex(
        try JSONDecoder().decode(Documents.self, from: Data(contentsOf: URL(filePath: folder + "/resources.json"))))
    } catch {
      throw Journal.Damaged(description: "\(path) cannot be read; remove it to start without it (\(error))")
    }
  }

  /// One resource, nil where there is none.
  subscript(id: String) -> ResourceDocument? { state.withLock { $0[ResourceID.key(id)] } }

  /// Everything there is.
  var all: Documents { state.withLock { $0 } }

  /// Changes resources in one step, on disk first; what throws has not
  /// happened.
  func change<Result: Sendable>(_ body: (inout Documents) throws -> Result) throws -> Result {
    try state.withLock { documents throws in
      var changed = documents
      let result = try body(&changed)
      if let path, changed != documents {
        try JSONEncoder().encode(changed).write(to: URL(filePath: path), options: .atomic)
      }
      documents = changed
      return result
    }
  }
}

extension ResourceStore.Documents {
  /// A resource by its identifier.
  subscript(id id: String) -> ResourceDocument? {
    get { self[ResourceID.key(id)] }
    set { self[ResourceID.key(id)] = newValue }
  }

  /// The resources of a type under an identifier, by name.
  func children(of id: String, type: String) -> [ResourceDocument] {
    values.filter { $0.type == type && ResourceID.holds(id, $0.id) }.sorted { $0.name < $1.name }
  }

  /// Removes a resource with everything under it.
  mutating func removeTree(_ id: String) {
    for key in keys where ResourceID.holds(id, key) { self[key] = nil }
  }
}
