// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target is built the same way: strict concurrency, explicit
/// existentials and imports, and no warning survives.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: "\(name)Tests", dependencies: dependencies + ["TestSupport"], swiftSettings: strict)
}

func system(_ name: String, pkgConfig: String, apt: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

/// The properties that `scripts/fuzz` looks for exceptions of: under libFuzzer, whose `main` calls the driver, where
/// it asks for that, and everywhere else as tests over the inputs that are kept.
func fuzzed(_ dependencies: [Target.Dependency]) -> Target {
  guard Context.environment["LOGEXPORT_FUZZ"] != nil else {
    return .testTarget(
      name: "FuzzTests", dependencies: dependencies, path: "Tests/fuzz", exclude: ["Driver", "corpus", "regressions"],
      swiftSettings: strict)
  }
  return .executableTarget(
    name: "logexport-fuzz", dependencies: dependencies, path: "Tests/fuzz",
    exclude: ["RegressionTests.swift", "corpus", "regressions"], swiftSettings: strict)
}

let package = Package(
  name: "logexport",
  products: [
    .executable(name: "logexport", targets: ["logexport"]),
    .executable(name: "logexport-emulator", targets: ["logexport-emulator"]),
  ],
  targets: [
    system("CLibYAML", pkgConfig: "yaml-0.1", apt: "libyaml-dev"),
    system("CLibCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
    system("CExpat", pkgConfig: "expat", apt: "libexpat1-dev"),
    system("CSnappy", pkgConfig: "snappy", apt: "libsnappy-dev"),
    system("CZstd", pkgConfig: "libzstd", apt: "libzstd-dev"),
    system("CISAL", pkgConfig: "libisal", apt: "libisal-dev"),
    system("CLibCrypto", pkgConfig: "libcrypto", apt: "libssl-dev"),
    system("CMicroHTTPD", pkgConfig: "libmicrohttpd", apt: "libmicrohttpd-dev"),
    system("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),

    library("Diagnostics"),
    library("YAML", ["CLibYAML", "Diagnostics"]),
    library("Timeline"),
    library("Pacing"),
    library("ExportSpec", ["YAML", "Diagnostics", "Timeline"]),
    library("RowEncoding"),
    library("Compression", ["CISAL", "CSnappy", "CZstd", "CLibCrypto"]),
    library("Parquet", ["RowEncoding", "Compression"]),
    library("HTTP", ["CLibCurl"]),
    library("BlobStorage", ["Timeline", "Compression"]),
    library(
      "Azure", ["HTTP", "Timeline", "Pacing", "BlobStorage", "Compression", "CExpat", "CLibCrypto"]),
    library("Manifest", ["Timeline", "BlobStorage"]),
    library("Planning", ["ExportSpec", "Manifest", "Compression", "Timeline"]),
    library(
      "Export",
      [
        "Planning", "Manifest", "BlobStorage", "RowEncoding", "Parquet", "Compression", "Pacing", "Timeline",
        "ExportSpec", "Diagnostics",
      ]),
    library(
      "LogExportCLI",
      [
        "Export", "Planning", "Manifest", "BlobStorage", "Azure", "HTTP", "Pacing", "RowEncoding", "Compression",
        "ExportSpec", "YAML", "Diagnostics", "Timeline",
      ]),
    .executableTarget(name: "logexport", dependencies: ["LogExportCLI"], swiftSettings: strict),
    // Measurements only; no product, so that nobody installs it.
    .executableTarget(
      name: "logexport-bench",
      dependencies: [
        "Export", "Planning", "Manifest", "BlobStorage", "RowEncoding", "Parquet", "Compression", "ExportSpec",
        "Timeline",
      ], swiftSettings: strict),

    library("Emulator", ["CMicroHTTPD", "CSQLite", "CLibCrypto", "CExpat", "CISAL"]),
    .executableTarget(name: "logexport-emulator", dependencies: ["Emulator"], swiftSettings: strict),

    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    tests("Diagnostics", ["Diagnostics"]),
    tests("YAML", ["YAML", "Diagnostics"]),
    tests("Timeline", ["Timeline"]),
    tests("Pacing", ["Pacing"]),
    tests("ExportSpec", ["ExportSpec", "YAML", "Diagnostics", "Timeline"]),
    tests("RowEncoding", ["RowEncoding"]),
    tests("Compression", ["Compression"]),
    tests("Parquet", ["Parquet", "RowEncoding", "Compression"]),
    tests("HTTP", ["HTTP", "CMicroHTTPD"]),
    tests("BlobStorage", ["BlobStorage", "Timeline", "Compression", "Azure", "HTTP", "Pacing", "Emulator"]),
    tests("Azure", ["Azure", "HTTP", "Pacing", "BlobStorage", "Timeline", "Emulator"]),
    tests("Manifest", ["Manifest", "BlobStorage", "Timeline"]),
    tests("Planning", ["Planning", "Manifest", "BlobStorage", "ExportSpec", "Timeline"]),
    tests(
      "Export",
      [
        "Export", "Planning", "Manifest", "BlobStorage", "RowEncoding", "Compression", "Pacing", "ExportSpec",
        "Timeline",
      ]),
    tests(
      "LogExportCLI",
      ["LogExportCLI", "Export", "Planning", "Manifest", "ExportSpec", "BlobStorage", "Azure", "Pacing", "Timeline"]),
    tests("Emulator", ["Emulator"]),
    fuzzed(["RowEncoding", "Parquet", "Compression", "Manifest", "ExportSpec", "Diagnostics"]),
  ]
)
