/// The one application that may sign in.
package struct ClientCredentials: Sendable, Equatable {
  package var tenant: String
  package var client: String
  package var secret: String
  /// The object id of its service principal, which roles are assigned to: another GUID than the client's.
  package var object = "55555555-5555-4555-8555-555555555555"

  /// GUIDs of tenant and client, and the secret as text.
  package init(tenant: String, client: String, secret: String) {
    self.tenant = tenant
    self.client = client
    self.secret = secret
  }

  /// What the emulator accepts unless told otherwise; public, like the
  /// development account's key.
  package static let development = ClientCredentials(
    tenant: "11111111-1111-4111-8111-111111111111", client: "22222222-2222-4222-8222-222222222222",
    secret: "emulator-secret")
}
