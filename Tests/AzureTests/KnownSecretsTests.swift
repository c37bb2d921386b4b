import HTTP
import Testing

@testable import Azure

@Suite struct `Known secrets` {
  @Test(arguments: [
    "refused: client secret 'aB3~/+x==uniq1' is wrong", "client_secret=aB3~%2F%2Bx%3D%3Duniq1&scope=x",
    #"{"secret":"aB3~\/+x==uniq1"}"#, "client_secret=aB3~%2f%2bx%3d%3duniq1&scope=x",
    #"{"secret":"aB3~/\u002Bx==uniq1"}"#,
    #"{"secret":"aB3~/\u002bx==uniq1"}"#,
  ]) func `are masked in every spelling, whoever repeats them`(text: String) {
    _ = Secret("aB3~/+x==uniq1")
    let masked = KnownSecrets.masked(text)
    #expect(masked.contains("***") && !masked.contains("uniq1"), "\(masked)")
  }

  @Test(arguments: [
    "<p>a&amp;b&lt;c&gt;&quot;d&#39;uniq7</p>", "<p>a&amp;b&lt;c&gt;&quot;d&#x27;uniq7</p>",
    #"a\u0026b\u003Cc\u003E"d\u0027uniq7"#,
  ]) func `are masked as pages have them`(text: String) {
    _ = Secret("a&b<c>\"d'uniq7")
    let masked = KnownSecrets.masked(text)
    #expect(masked.contains("***") && !masked.contains("uniq7"), "\(masked)")
  }

  @Test(arguments: ["at me:uniq8%40word", "at me:uniq8@word", "uniq8%40word", "Basic bWU6dW5pcThAd29yZA=="])
  func `a proxy's user and password are masked`(text: String) {
    KnownSecrets.note(ProxyVariable("HTTPS_PROXY", "http://me:uniq8%40word@proxy:80"))
    let masked = KnownSecrets.masked(text)
    #expect(masked.contains("***") && !masked.contains("uniq8") && !masked.contains("bWU6"), "\(masked)")
  }

  @Test func `a signature is masked without its neighbours, encoded and not`() {
    _ = SASAuthorizer(token: Secret("?sv=2021-12-02&sp=rl&sig=q%2Fw%3Duniq2abc&se=2030-01-01"))
    #expect(KnownSecrets.masked("sig q/w=uniq2abc did not match") == "sig *** did not match")
    #expect(KnownSecrets.masked("sig q%2Fw%3Duniq2abc did not match") == "sig *** did not match")
    #expect(KnownSecrets.masked("sv=2021-12-02") == "sv=2021-12-02")
  }

  @Test func `keys and tokens are known as well`() {
    _ = SharedKeyAuthorizer(account: "a", key: Secret("dW5pcTMtdW5pcTM="))
    _ = AccessToken(text: "eyJuniq4.payload.sig", expiresAt: 0)
    #expect(KnownSecrets.masked("dW5pcTMtdW5pcTM= and Bearer eyJuniq4.payload.sig") == "*** and Bearer ***")
  }

  @Test func `signatures of requests are masked as they are written`() {
    #expect(
      KnownSecrets.masked("a 'SharedKey acc:c2ln' b SharedKey acc:bnM=\nc") == "a 'SharedKey ***' b SharedKey ***\nc")
    #expect(KnownSecrets.masked("SharedKey is no way to sign in") == "SharedKey *** no way to sign in")
  }

  @Test func `the longest is masked first, and what is too short is none`() {
    _ = Secret("uniq5-part")
    _ = Secret("uniq5-part-and-more")
    _ = Secret("u6")
    #expect(KnownSecrets.masked("uniq5-part-and-more u6 uniq5-part uniq5-par") == "*** u6 *** uniq5-par")
  }
}
