#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The property that the environment variable FUZZ names.
private let property = getenv("FUZZ").flatMap { FuzzedProperty(rawValue: String(cString: $0)) } ?? .transcoder

/// What libFuzzer calls with each input: `LLVMFuzzerTestOneInput` of its C interface.
///
/// Aborts where the property does not hold, upon which the input is kept in a file.
@c(LLVMFuzzerTestOneInput)
public func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  if let fault = property.fault(in: Array(UnsafeBufferPointer(start: data, count: count))) {
    let text = "\(property.rawValue): \(fault)\n"
    // Nothing flushes what is buffered when a program aborts.
    _ = text.withCString { write(STDERR_FILENO, $0, strlen($0)) }
    abort()
  }
  return 0
}
