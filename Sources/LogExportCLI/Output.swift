#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// `write(2)` until all is written, or until nobody takes it any more: neither a closed pipe nor a
/// full disk of a log must stop an export.
///
/// Returns the `errno` of what was not written, 0 where all was; only results need it.
@discardableResult
func put(_ bytes: some Collection<UInt8>, to descriptor: Int32) -> Int32 {
  var rest = Array(bytes)[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if count < 0 && errno == EINTR { continue }
    if count <= 0 { return count < 0 ? errno : EIO }
    rest = rest.dropFirst(count)
  }
  return 0
}
