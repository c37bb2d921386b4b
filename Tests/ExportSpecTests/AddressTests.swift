import Diagnostics
import ExportSpec
import Testing

@Suite struct AddressTests {
  private func errors(_ ips: [String]) -> [String] {
    let text = specText(
      destination: ", resource: \(accountResource)",
      tail: "network: { allow: { ips: [\(ips.joined(separator: ", "))] } }")
    return decode(text).diagnostics.filter { $0.severity == .error }.map(\.summary)
  }

  @Test func `an account takes 400 addresses and ranges, and no more`() {
    let ips = (0..<401).map { "198.18.\($0 / 256).\($0 % 256)" }
    #expect(errors(Array(ips.dropLast())) == [])
    #expect(errors(ips) == ["ips has 401 rules, and an account takes 400 of a kind"])
  }

  @Test func `a range that would be refused as well is not suggested`() {
    let text = specText(
      destination: ", resource: \(accountResource)", tail: "network: { allow: { ips: [11.2.3.4/7] } }")
    #expect(decode(text).diagnostics.first { $0.severity == .error }?.remedy == nil)
  }
}
