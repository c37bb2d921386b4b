internal import LogExportCLI

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

exit(await LogExport.run(Array(CommandLine.arguments.dropFirst()), environment: Environment.current))
