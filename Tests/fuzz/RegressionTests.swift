import FoundationEssentials
import Testing

@Suite struct RegressionTests {
  private static let folder = #filePath.dropLast("RegressionTests.swift".count)

  @Test(arguments: FuzzedProperty.allCases)
  func `what a fuzzer begins with is read without fault`(_ property: FuzzedProperty) throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: "\(Self.folder)corpus/\(property.rawValue)")
    #expect(!names.isEmpty)
    for name in names { try check(property, "corpus/\(property.rawValue)/\(name)") }
  }

  @Test(arguments: FuzzedProperty.allCases)
  func `what a fuzzer once found is read without fault`(_ property: FuzzedProperty) throws {
    let path = "\(Self.folder)regressions/\(property.rawValue)"
    // There is no folder before there is a finding.
    guard FileManager.default.fileExists(atPath: path) else { return }
    for name in try FileManager.default.contentsOfDirectory(atPath: path) {
      try check(property, "regressions/\(property.rawValue)/\(name)")
    }
  }

  private func check(_ property: FuzzedProperty, _ name: String) throws {
    let data = try #require(FileManager.default.contents(atPath: Self.folder + name))
    #expect(property.fault(in: Array(data)) == nil, "\(name)")
  }
}
