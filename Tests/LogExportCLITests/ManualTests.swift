import FoundationEssentials
import Testing

@testable import LogExportCLI

@Suite struct `The manual` {
  @Test(arguments: CommandName.all.map(\.name)) func `every command has a description, and its flags stand in its help`(
    name: String
  ) throws {
    let command = try #require(CommandName.named(name))
    #expect(!command.description.isEmpty && !command.help.isEmpty && !command.examples.isEmpty)
    let help = Help.text(name)
    for flag in Flag.known(to: name) { #expect(help.contains("--\(flag.name)")) }
    for example in command.examples { #expect(help.contains(example)) }
  }

  @Test(arguments: CommandName.named("manifest")?.actions.map(\.name) ?? [])
  func `what a command does by its next word has a help of its own`(action: String) throws {
    let manifest = try #require(CommandName.named("manifest"))
    let help = Help.text("manifest", action: action)
    #expect(help.contains("Usage: logexport manifest \(action)"))
    for other in manifest.actions {
      #expect(help.contains(other.description.prefix(30)) == (other.name == action))
      for flag in other.flags where !(manifest.action(action)?.flags.contains(flag) ?? false) {
        #expect(!help.contains(" --\(flag) "))
      }
    }
    #expect(help.contains("--spec FILE") && help.contains("  logexport manifest \(action)"))
  }

  @Test(arguments: CommandName.all.flatMap(\.examples)) func `every example is a command line that is understood`(
    example: String
  ) throws {
    let line = example.split(whereSeparator: { "|>()".contains($0) }).first { $0.hasPrefix("logexport ") }
    let words = try #require(line).split(separator: " ").dropFirst().map { $0.filter { $0 != "'" } }
    _ = try Arguments(parsing: words)
  }

  @Test func `a command knows no two flags of one name, and none but commands that exist`() {
    for command in CommandName.all {
      let flags = Flag.known(to: command.name)
      #expect(Set(flags.map(\.name)).count == flags.count, "\(command.name)")
      #expect(Set(flags.compactMap(\.short)).count == flags.compactMap(\.short).count, "\(command.name)")
    }
    let names = Set(CommandName.all.map(\.name))
    for flag in Flag.all { #expect(names.isSuperset(of: flag.commands), "--\(flag.name)") }
  }

  @Test func `lines of a help are not longer than a terminal but for its options`() {
    for command in [""] + CommandName.all.map(\.name) {
      for line in Help.text(command).split(separator: "\n") where !line.hasPrefix(" ") {
        #expect(line.count <= 100, "\(line)")
      }
    }
  }

  @Test(arguments: [
    ("docs/commands.md", CommandsMarkdown.text), ("docs/logexport.1", ManPage.text),
    ("schemas/logexport-v1.schema.json", specSchema),
  ]) func `what is made from the sources is current, else run scripts-generate`(path: String, made: String) throws {
    let root = #filePath.dropLast("/Tests/LogExportCLITests/ManualTests.swift".count)
    #expect(try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8) == made)
  }

  @Test func `every exit code stands in the help and in docs-exit-codes, and no other`() throws {
    let root = #filePath.dropLast("/Tests/LogExportCLITests/ManualTests.swift".count)
    let page = try String(contentsOfFile: "\(root)/docs/exit-codes.md", encoding: .utf8)
    let told = page.split(separator: "\n").filter { $0.hasPrefix("| ") }
      .flatMap { $0.split(separator: "|")[0].split(separator: ",").compactMap { Int32($0.filter { $0 != " " }) } }
    #expect(told == ExitCode.allCases.map(\.rawValue))
    let help = Help.text("").split(separator: "\n").joined(separator: " ")
    for code in ExitCode.allCases { #expect(help.contains("\(code.rawValue) \(code.meaning)")) }
  }

  @Test(arguments: [
    (".TH at the start", "\\&.TH at the start"), ("'quoted'", "\\&\\(aqquoted\\(aq"), ("a\\b --c", "a\\eb \\-\\-c"),
  ]) func `troff takes text literally`(text: String, escaped: String) {
    #expect(ManPage.escaped(text) == escaped)
  }
}
