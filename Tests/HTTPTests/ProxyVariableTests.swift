import HTTP
import Testing

@Suite struct ProxyVariableTests {
  @Test(
    arguments: [
      ("proxy:8080", nil, "proxy:8080"), ("http://proxy", nil, "proxy"), ("HTTPS://Proxy:3128/", nil, "proxy:3128"),
      ("http://me:p%40ss%2Fw0rd@proxy:8080", "me:p%40ss%2Fw0rd", "proxy:8080"),
      ("me:word@[::1]:80", "me:word", "[::1]:80"),
      ("socks5h://me@127.0.0.1:1080", "me", "127.0.0.1:1080"),
    ] as [(String, String?, String)])
  func `a proxy is a host with whoever signs in to it`(value: String, userInfo: String?, place: String) {
    let proxy = ProxyVariable("HTTPS_PROXY", value)
    #expect(proxy.place == place && proxy.userInfo == userInfo && proxy.problem == nil)
  }

  @Test(arguments: [
    "http://user:p@ssw0rd@127.0.0.1:1", "http://user:ssw0rd/x@proxy:80", "http://user:12/ssw0rd@proxy:80",
    "http://user:1#ssw0rd@proxy:80", "http://user:ssw0rd@proxy:99999", "http://user:ssw0rd@proxy:http",
    "ftp://user:ssw0rd@proxy:80", "user:ssw0rd://proxy", "http://user:ssw0rd", "http://user:ssw0rd@", "http://ssw0rd x",
    "http://proxy/ssw0rd", "http://user:ssw0rd\u{1}@proxy", "://ssw0rd@proxy",
  ])
  func `nothing of a value that is none is shown`(value: String) throws {
    let proxy = ProxyVariable("HTTPS_PROXY", value)
    #expect(proxy.place == nil)
    let problem = try #require(proxy.problem)
    #expect(!problem.contains("ssw0rd") && !problem.contains("user:"))
  }
}
