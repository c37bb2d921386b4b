internal import Azure
internal import Diagnostics
internal import FoundationEssentials
internal import HTTP
internal import Timeline

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// What can be told without asking anyone.
enum MachineChecks {
  /// Whether folders can be made in a directory, or on the way to one that is not there yet: makes one and removes it.
  static func folder(_ directory: String, name: String) -> Check {
    var place = directory
    while !FileManager.default.fileExists(atPath: place), let slash = place.lastIndex(of: "/"), slash > place.startIndex
    {
      place = String(place[..<slash])
    }
    guard mkdir("\(place)/\(name)", 0o755) == 0, rmdir("\(place)/\(name)") == 0 else {
      return .failed(
        "write", "no folder can be made in \(place): \(String(cString: strerror(errno)))",
        remedy: "Give this user the right to write there, or name another directory.")
    }
    return .ok("write", "folders can be made in \(place); the first apply makes \(directory)")
  }

  /// `getrlimit(2)` RLIMIT_NOFILE against what the parts under way need.
  static func limits(parallelism: Int, descriptors: Int = openFiles) -> Check {
    // Of each part its query's and its upload's connection, and a file or two in a directory store.
    let needed = 64 + 8 * parallelism
    let text = "\(descriptors) file descriptors for \(Quantity.of(parallelism, "part")) at once"
    guard descriptors < needed else { return .ok("limits", text) }
    return .warning("limits", text + ", which may need \(needed)", remedy: "Raise the limit with ulimit -n \(needed).")
  }

  #if canImport(Glibc)
    private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
  #else
    private static let resource = RLIMIT_NOFILE
  #endif

  /// The soft limit.
  private static var openFiles: Int {
    var limit = rlimit()
    guard getrlimit(resource, &limit) == 0 else { return .max }
    return limit.rlim_cur > UInt(Int32.max) ? Int(Int32.max) : Int(limit.rlim_cur)
  }

  /// Which proxies libcurl takes from the environment. Of their URLs only hosts are shown.
  static func proxies(_ environment: [String: String]) -> Check {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    var found: [String] = []
    for name in ProxyVariable.names {
      guard let proxy = value(name).map({ ProxyVariable(name, $0) }) else { continue }
      guard let place = proxy.place else {
        return .failed(
          "proxy", "\(name) \(proxy.problem ?? "")",
          remedy: "Write it as http://HOST:PORT or http://USER:PASSWORD@HOST:PORT.")
      }
      found.append("\(name) is \(place)")
    }
    let exceptions = value("no_proxy") ?? value("NO_PROXY")
    if let exceptions, !found.isEmpty { found.append("not for \(exceptions)") }
    if found.isEmpty, let unread = ["http_proxy", "HTTP_PROXY"].first(where: { value($0) != nil }) {
      return .warning(
        "proxy", "\(unread) is set, which is not read: services are reached by HTTPS",
        remedy: "Set HTTPS_PROXY where a proxy is needed.")
    }
    return .ok("proxy", found.isEmpty ? "none" : found.joined(separator: ", "))
  }

  /// Whom TLS trusts.
  static func authorities(_ file: String?) -> Check {
    guard let file else { return .ok("authorities", "those of the system") }
    guard let data = FileManager.default.contents(atPath: file) else {
      return .failed(
        "authorities", "\(file) cannot be read", remedy: "Name a file of authorities as PEM with --ca-file.")
    }
    let count = String(decoding: data, as: UTF8.self).ranges(of: "-----BEGIN CERTIFICATE-----").count
    guard count > 0 else {
      return .failed("authorities", "\(file) holds no certificate", remedy: "--ca-file takes authorities as PEM.")
    }
    return .ok("authorities", "\(Quantity.of(count, "certificate")) of \(file), and none of the system's")
  }

  /// A service's `Date`, of whole seconds, against the local clock: signatures and tokens have a time.
  static func clock(_ date: Tick, at local: Tick, of host: String) -> Check {
    let seconds = local.unixSeconds - date.unixSeconds
    let size = abs(seconds)
    if size <= 1 { return .ok("clock", "agrees with \(host)") }
    let text = "\(size) s \(seconds < 0 ? "behind" : "ahead of") \(host)"
    let remedy = "Synchronise the clock, for instance with timedatectl set-ntp true."
    if size > 300 { return .failed("clock", text + "; signatures and tokens are refused", remedy: remedy) }
    return size > 60 ? .warning("clock", text, remedy: remedy) : .ok("clock", text)
  }
}
