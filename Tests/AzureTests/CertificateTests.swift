import Azure
import Emulator
import FoundationEssentials
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

private let scope = "https://storage.azure.com/.default"

/// Made once: RSA keys take their time.
private let identity = Result { try ClientIdentity() }

/// Runs `body` with the path of a file that holds the text; nil for a file that is absent.
private func withFile(_ text: String?, _ body: (String) async throws -> Void) async throws {
  let path = "\(FileManager.default.temporaryDirectory.path)/certificate-\(UUID().uuidString).pem"
  if let text { try text.write(toFile: path, atomically: false, encoding: .utf8) }
  defer { unlink(path) }
  try await body(path)
}

/// An emulator that knows a certificate, and a credential that signs in to it with a file.
private func withCredential(
  _ text: String?, knowing certificate: String, password: String? = nil, client: String = DevelopmentIdentity.client,
  sendsChain: Bool = false, _ body: (ClientCertificateCredential) async throws -> Void
) async throws {
  try await withFile(certificate) { (known) async throws in
    var configuration = EmulatorConfiguration()
    configuration.clientCertificateFiles = [known]
    let emulator = try Emulator(configuration, logs: try Workspace())
    defer { emulator.stop() }
    try await withFile(text) { (path) async throws in
      try await body(
        ClientCertificateCredential(
          pipeline: quickPipeline(), authority: emulator.url, tenant: DevelopmentIdentity.tenant, client: client,
          file: path, password: password.map { .text(Secret($0)) }, sendsChain: sendsChain))
    }
  }
}

@Suite struct ClientCertificateTests {
  @Test(arguments: [false, true])
  func `certificate and key may come in any order`(_ sendsChain: Bool) async throws {
    let own = try identity.get()
    for text in [
      own.certificate + own.key, own.key + own.certificate, "some words\n" + own.key + "\n" + own.certificate,
    ] {
      try await withCredential(text, knowing: own.certificate, sendsChain: sendsChain) { (credential) async throws in
        #expect(try await credential.token(scope: scope).text.split(separator: ".").count == 3)
      }
    }
  }

  @Test func `the certificate is the key's, whatever else the file holds`() async throws {
    let own = try identity.get()
    let other = try ClientIdentity(.ellipticCurve)
    let text = other.certificate + own.key + own.certificate
    try await withCredential(text, knowing: own.certificate, sendsChain: true) { (credential) async throws in
      _ = try await credential.token(scope: scope)
    }
  }

  @Test func `a password opens the key`() async throws {
    let sealed = try ClientIdentity(password: "op3n-sesame")
    let text = sealed.certificate + sealed.key
    try await withCredential(text, knowing: sealed.certificate, password: "op3n-sesame") { (credential) async throws in
      _ = try await credential.token(scope: scope)
    }
    for (password, words) in [(nil, "Set AZURE_CLIENT_CERTIFICATE_PASSWORD"), ("wr0ng-sesame", "does not open")] {
      try await withCredential(text, knowing: sealed.certificate, password: password) { (credential) async throws in
        let error = await expect(.unauthenticated) { try await credential.token(scope: scope) }
        let message = error?.message ?? ""
        #expect(message.contains(words) && !message.contains("sesame"), "\(message)")
      }
    }
  }

  @Test(arguments: [
    "missing", "no key", "no certificate", "differ", "expired", "not yet", "not RSA", "empty", "nonsense",
  ])
  func `a file that cannot sign is told by what is wrong with it`(_ name: String) async throws {
    let own = try identity.get()
    let (text, words): (String?, String) =
      switch name {
      case "missing": (nil, "cannot be read")
      case "empty": ("", "holds no private key")
      case "no key": (own.certificate, "holds no private key")
      case "no certificate": (own.key, "holds no certificate")
      case "differ": (try ClientIdentity().certificate + own.key, "do not belong together")
      case "expired": (try pem(ClientIdentity(days: -3 ... -1)), "has expired")
      case "not yet": (try pem(ClientIdentity(days: 1...3)), "is not valid yet")
      case "not RSA": (try pem(ClientIdentity(.ellipticCurve)), "not RSA")
      default: ("nonsense", "holds no private key")
      }
    try await withCredential(text, knowing: own.certificate) { (credential) async throws in
      let error = await expect(.unauthenticated) { try await credential.token(scope: scope) }
      let message = error?.message ?? ""
      #expect(message.contains(words) && message.contains("AZURE_CLIENT_CERTIFICATE_PATH /"), "\(message)")
      #expect(!message.contains("BEGIN"))
    }
  }

  @Test func `a certificate that is not the application's is refused`() async throws {
    let other = try ClientIdentity()
    try await withCredential(pem(other), knowing: try identity.get().certificate) { (credential) async throws in
      let error = await expect(.unauthenticated) { try await credential.token(scope: scope) }
      #expect(error?.message.contains("AADSTS700027") == true)
    }
  }

  @Test func `an emulator does not start with a file that holds no certificate`() async throws {
    try await withFile("nonsense") { (path) async throws in
      var configuration = EmulatorConfiguration()
      configuration.clientCertificateFiles = [path]
      #expect(throws: (any Error).self) { try Emulator(configuration, logs: try Workspace()) }
    }
  }

  private func pem(_ identity: ClientIdentity) -> String { identity.certificate + identity.key }
}
