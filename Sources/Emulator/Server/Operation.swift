/// What a request asks for, by the name that fault rules and counters use.
package enum Operation: String, Sendable, CaseIterable, Codable {
  // Log Analytics
  case query = "Query"
  case search = "Search"
  case ingest = "Ingest"
  // Identity
  case token = "Token"
  case discovery = "Discovery"
  // Resource Manager
  case readResource = "ReadResource"
  case writeResource = "WriteResource"
  case deleteResource = "DeleteResource"
  case managedIdentity = "ManagedIdentity"
  // Key Vault
  case getSecret = "GetSecret"
  case setSecret = "SetSecret"
  case listSecrets = "ListSecrets"
  case deleteSecret = "DeleteSecret"
  // Blob storage: the account
  case listContainers = "ListContainers"
  case serviceProperties = "ServiceProperties"
  case accountInformation = "AccountInformation"
  // Blob storage: a container
  case createContainer = "CreateContainer"
  case deleteContainer = "DeleteContainer"
  case containerProperties = "ContainerProperties"
  case setContainerMetadata = "SetContainerMetadata"
  case containerACL = "ContainerACL"
  case listBlobs = "ListBlobs"
  // Blob storage: a blob
  case putBlob = "PutBlob"
  case putBlock = "PutBlock"
  case putBlockList = "PutBlockList"
  case getBlockList = "GetBlockList"
  case appendBlock = "AppendBlock"
  case getBlob = "GetBlob"
  case headBlob = "HeadBlob"
  case setMetadata = "SetMetadata"
  case setProperties = "SetProperties"
  case setTier = "SetTier"
  case deleteBlob = "DeleteBlob"
  /// Of a blob or of a container.
  case lease = "Lease"
  /// Whatever none of the services answers.
  case unknown = "Unknown"
}
