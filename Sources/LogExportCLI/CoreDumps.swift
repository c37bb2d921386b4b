#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Sets the limit of core files to nothing, for good: memory holds secrets, which a crash must not leave on a disk.
///
/// `setrlimit(2)` with `RLIMIT_CORE`. Handlers that the kernel pipes dumps to, such as systemd-coredump, are told the
/// limit and left to heed it. The process stays one that a debugger of the same user can attach to.
package func disableCoreDumps() {
  var none = rlimit(rlim_cur: 0, rlim_max: 0)
  #if canImport(Glibc)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
  #else
    setrlimit(RLIMIT_CORE, &none)
  #endif
}
