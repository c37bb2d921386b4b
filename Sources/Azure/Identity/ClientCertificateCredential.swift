internal import BlobStorage
internal import Compression
internal import FoundationEssentials
internal import Timeline

/// `AZURE_CLIENT_ID` with `AZURE_CLIENT_CERTIFICATE_PATH`; the file is read again for each
/// token, since certificates are renewed.
package struct ClientCertificateCredential: TokenCredential {
  private let endpoint: TokenEndpoint
  private let client: String
  private let file: String
  private let password: SecretSource?
  private let sendsChain: Bool

  /// `file` is PEM with the certificate and its RSA key, which `password` opens; with `sendsChain`
  /// its certificates go along, as subject name and issuer authentication wants them.
  package init(
    pipeline: Pipeline, authority: String, tenant: String, client: String, file: String, password: SecretSource?,
    sendsChain: Bool
  ) {
    endpoint = TokenEndpoint(pipeline: pipeline, authority: authority, tenant: tenant)
    self.client = client
    self.file = file
    self.password = password
    self.sendsChain = sendsChain
  }

  package func token(scope: String) async throws(AzureError) -> AccessToken {
    let password = try await password?.value()
    let now = Tick.now().unixSeconds
    let assertion = try await BlockingThreads.run { () async throws(AzureError) in
      guard let pem = FileManager.default.contents(atPath: file) else { throw problem("cannot be read") }
      do throws(ClientCertificate.Problem) {
        let certificate = try ClientCertificate(pem: Array(pem), password: password)
        return try ClientAssertion(audience: endpoint.url, client: client, now: now)
          .signed(by: certificate, sendsChain: sendsChain)
      } catch {
        throw problem(Self.text(error))
      }
    }
    return try await endpoint.request(client: client, scope: scope, assertion: assertion)
  }

  private func problem(_ text: String) -> AzureError {
    AzureError(.unauthenticated, "AZURE_CLIENT_CERTIFICATE_PATH \(file) \(text)")
  }

  private static func text(_ problem: ClientCertificate.Problem) -> String {
    switch problem {
    case .noKey: "holds no private key\n  It takes PEM with the certificate and its key."
    case .noCertificate: "holds no certificate\n  It takes PEM with the certificate and its key."
    case .passwordNeeded: "has an encrypted key\n  Set AZURE_CLIENT_CERTIFICATE_PASSWORD."
    case .wrongPassword: "has an encrypted key that AZURE_CLIENT_CERTIFICATE_PASSWORD does not open"
    case .notRSA: "has a key that is not RSA, which alone can sign what Entra ID takes"
    case .keyDiffers: "has a key and a certificate that do not belong together"
    case .expired: "holds a certificate that has expired"
    case .notYetValid: "holds a certificate that is not valid yet"
    case .failed(let call): "cannot be used: libcrypto's \(call) failed"
    }
  }
}

/// The statement of who the client is that Entra ID takes in the place of a secret:
/// "Microsoft identity platform application authentication certificate credentials".
struct ClientAssertion {
  /// The token endpoint's URL.
  let audience: String
  let client: String
  /// Seconds since the Unix epoch.
  let now: Int64

  /// How long one may be used; it is made for one request.
  private static let lifetime: Int64 = 600

  private struct Header: Encodable {
    var alg = "RS256"
    var typ = "JWT"
    var x5t: String
    var x5c: [String]?
  }

  private struct Claims: Encodable {
    var aud, iss, sub, jti: String
    var iat, nbf, exp: Int64
  }

  /// The compact form of RFC 7515.
  func signed(by certificate: ClientCertificate, sendsChain: Bool) throws(ClientCertificate.Problem) -> Secret<String> {
    let header = Header(
      x5t: Self.base64URL(try certificate.thumbprint()),
      x5c: sendsChain ? try certificate.chain().map { Base64.encode($0) } : nil)
    let claims = Claims(
      aud: audience, iss: client, sub: client, jti: UUID().uuidString.lowercased(), iat: now, nbf: now,
      exp: now + Self.lifetime)
    let body = "\(Self.base64URL(try Self.json(header))).\(Self.base64URL(try Self.json(claims)))"
    return Secret("\(body).\(Self.base64URL(try certificate.signature(Array(body.utf8))))")
  }

  private static func json(_ value: some Encodable) throws(ClientCertificate.Problem) -> [UInt8] {
    do { return Array(try JSONEncoder().encode(value)) } catch { throw .failed("JSON") }
  }

  /// Without padding, in the alphabet of URLs.
  private static func base64URL(_ bytes: [UInt8]) -> String {
    Base64.encode(bytes).replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }
}
