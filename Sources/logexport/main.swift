internal import LogExportCLI

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

disableCoreDumps()
let signals = Signals()
// Off the main thread, which waits for signals.
Task.detached {
  exit(await LogExport.run(Array(CommandLine.arguments.dropFirst()), environment: Environment.current, signals))
}
signals.wait()
