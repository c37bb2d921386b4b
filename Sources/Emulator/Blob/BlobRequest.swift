/// A request to Blob storage, resolved to its operation and what it is on.
struct BlobRequest {
  let operation: Operation
  let account: String
  /// Nil for operations on the account.
  let container: String?
  /// Nil for operations on a container.
  let blob: String?
  let http: HTTPRequest

  /// Reads a path-style request, `/account/container/blob?comp=…`.
  init(_ http: HTTPRequest) {
    self.http = http
    let segments = http.target.segments
    account = segments.first ?? ""
    let container = segments.count > 1 && !segments[1].isEmpty ? segments[1] : nil
    let blob = segments.count > 2 ? http.target.path(from: 2) : ""
    self.container = container
    self.blob = blob.isEmpty ? nil : blob
    let comp = http.target["comp"] ?? ""
    let restype = http.target["restype"] ?? ""
    operation =
      if container == nil {
        Self.onAccount(http.method, restype, comp)
      } else if blob.isEmpty {
        Self.onContainer(http.method, restype, comp)
      } else {
        Self.onBlob(http.method, comp)
      }
  }

  /// A header of the request, by its lower-case name.
  func header(_ name: String) -> String? { http.headers[name] }

  /// The service version asked for: the header, or that of a shared access
  /// signature. Versions newer than this code are taken as they are.
  var version: String { header("x-ms-version") ?? http.target["sv"] ?? "2021-12-02" }

  /// What a shared access signature must grant for this operation.
  var need: SharedAccessSignature.Need {
    let (type, letters): (Character, String) =
      switch operation {
      case .listContainers: ("s", "l")
      case .serviceProperties: ("s", "r")
      case .accountInformation: (container == nil ? "s" : blob == nil ? "c" : "o", "rwdlac")
      case .createContainer: ("c", "cw")
      case .deleteContainer: ("c", "d")
      case .containerProperties, .containerACL: ("c", "r")
      case .setContainerMetadata: ("c", "w")
      case .listBlobs: ("c", "l")
      case .putBlob: ("o", "cw")
      case .putBlock, .putBlockList: ("o", "w")
      case .appendBlock: ("o", "aw")
      case .getBlob, .headBlob, .getBlockList: ("o", "r")
      case .deleteBlob: ("o", "d")
      case .lease: (blob == nil ? "c" : "o", "w")
      default: ("o", "w")
      }
    // A service SAS reaches blobs and the listing of its container, no more.
    let isForService = blob != nil || operation == .listBlobs
    return .init(
      permissions: letters, resourceType: type, container: isForService ? container : nil, blob: blob)
  }

  private static func onAccount(_ method: String, _ restype: String, _ comp: String) -> Operation {
    switch (method, restype, comp) {
    case ("GET", _, "list"): .listContainers
    case (_, "service", "properties"): .serviceProperties
    case ("GET", "account", "properties"), ("HEAD", "account", "properties"): .accountInformation
    default: .unknown
    }
  }

  private static func onContainer(_ method: String, _ restype: String, _ comp: String) -> Operation {
    switch (method, comp) {
    case (_, "properties") where restype == "account": .accountInformation
    case ("GET", "list"): .listBlobs
    case ("PUT", "lease"): .lease
    case ("PUT", "metadata"): .setContainerMetadata
    case (_, "acl"): .containerACL
    case ("PUT", ""): .createContainer
    case ("DELETE", ""): .deleteContainer
    case ("GET", ""), ("HEAD", ""), ("GET", "metadata"), ("HEAD", "metadata"): .containerProperties
    default: .unknown
    }
  }

  private static func onBlob(_ method: String, _ comp: String) -> Operation {
    switch (method, comp) {
    case ("PUT", ""): .putBlob
    case ("PUT", "block"): .putBlock
    case ("PUT", "blocklist"): .putBlockList
    case ("GET", "blocklist"): .getBlockList
    case ("PUT", "appendblock"): .appendBlock
    case ("PUT", "metadata"): .setMetadata
    case ("PUT", "properties"): .setProperties
    case ("PUT", "tier"): .setTier
    case ("PUT", "lease"): .lease
    case ("GET", "properties"), ("HEAD", "properties"): .accountInformation
    case ("GET", ""): .getBlob
    case ("HEAD", ""), ("GET", "metadata"), ("HEAD", "metadata"): .headBlob
    case ("DELETE", ""): .deleteBlob
    default: .unknown
    }
  }
}
