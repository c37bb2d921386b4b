import TestSupport
import Testing

@testable import Emulator

/// Predicates at random, against an evaluator that knows nothing of SQL.
@Suite struct KQLRandomTests {
  struct Row {
    var a: Int64?
    var b: Int64?
    var s: String
  }

  /// A predicate as text and as its meaning, nil for null.
  struct Predicate {
    var text: String
    var value: (Row) -> Bool?
  }

  private struct Generator {
    var random: SplitMix64

    mutating func pick<Item>(_ items: [Item]) -> Item { items.randomElement(using: &random) ?? items[0] }

    mutating func predicate(_ depth: Int) -> Predicate {
      guard depth > 0 else { return leaf() }
      let (p, q) = (predicate(depth - 1), predicate(depth - 1))
      switch Int.random(in: 0..<4, using: &random) {
      case 0: return Predicate(text: "(\(p.text) and \(q.text))") { and(p.value($0), q.value($0)) }
      case 1: return Predicate(text: "(\(p.text) or \(q.text))") { not(and(not(p.value($0)), not(q.value($0)))) }
      case 2: return Predicate(text: "not(\(p.text))") { not(p.value($0)) }
      default: return leaf()
      }
    }

    mutating func leaf() -> Predicate {
      let number = Int64.random(in: -2...2, using: &random)
      let other = Int64.random(in: -2...2, using: &random)
      let word = pick(["", "x", "X y", "y"])
      switch Int.random(in: 0..<11, using: &random) {
      case 0: return Predicate(text: "A == \(number)") { equal($0.a, number) }
      case 1: return Predicate(text: "A != \(number)") { not(equal($0.a, number)) }
      case 2: return Predicate(text: "A == B") { equal($0.a, $0.b) }
      case 3: return Predicate(text: "A != B") { not(equal($0.a, $0.b)) }
      case 4: return Predicate(text: "A < B") { row in row.a.flatMap { a in row.b.map { a < $0 } } }
      case 5: return Predicate(text: "B >= \(number)") { $0.b.map { $0 >= number } }
      case 6: return Predicate(text: "isnull(A)") { $0.a == nil }
      case 7: return Predicate(text: "A in (\(number), \(other))") { $0.a == number || $0.a == other }
      case 8: return Predicate(text: "B !in (\(number), \(other))") { $0.b != number && $0.b != other }
      case 9:
        return Predicate(text: "A between (\(number) .. B)") { row in
          and(row.a.map { $0 >= number }, row.a.flatMap { a in row.b.map { a <= $0 } })
        }
      default: return Predicate(text: "S == '\(word)'") { $0.s == word }
      }
    }
  }

  @Test(arguments: 0..<20) func `a predicate takes the rows for which it is true`(round: Int) throws {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = Generator(random: SplitMix64(seed: seed))
    let rows = (0..<40).map { _ in
      Row(
        a: generator.pick([nil, -2, -1, 0, 1, 2]), b: generator.pick([nil, -2, -1, 0, 1, 2]),
        s: generator.pick(["", "x", "X y", "y"]))
    }
    let table = LogTable(name: "T", columns: [LogColumn("A", .long), LogColumn("B", .long), LogColumn("S", .string)])
    let inserts = rows.map { row in
      "INSERT INTO T VALUES (\(row.a.map(String.init) ?? "NULL"), \(row.b.map(String.init) ?? "NULL"), '\(row.s)')"
    }
    let database = try KQLDatabase([table], rows: inserts)
    for _ in 0..<20 {
      let predicate = generator.predicate(3)
      let expected = rows.map(predicate.value)
      let hint = Comment("seed \(seed): \(predicate.text)")
      let values = try database.run("T | project V = \(predicate.text)").map { $0[0] }
      #expect(values == expected.map { $0.map { $0 ? "1" : "0" } ?? "null" }, hint)
      for (text, wanted) in [
        (predicate.text, true), ("not(\(predicate.text))", false), ("isnull(\(predicate.text))", nil),
      ] {
        let count = try database.run("T | where \(text) | count")
        #expect(count == [["\(expected.count { $0 == wanted })"]], hint)
      }
    }
  }

  @Test func `integers wrap and never turn into floating point`() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SplitMix64(seed: seed)
    let database = try KQLDatabase()
    for _ in 0..<200 {
      let edges: [Int64] = [.min, .max, -1, 0, 1, 1 << 53 + 1, .random(in: .min ... .max, using: &random)]
      let (a, b) = (edges.randomElement(using: &random) ?? 0, edges.randomElement(using: &random) ?? 0)
      let quotient = b == 0 ? "null" : "\(a.dividedReportingOverflow(by: b).partialValue)"
      let row = try database.run(
        "print long(\(a)) + long(\(b)), long(\(a)) - long(\(b)), long(\(a)) * long(\(b)), long(\(a)) / long(\(b))")
      #expect(row == [["\(a &+ b)", "\(a &- b)", "\(a &* b)", quotient]], "seed \(seed): \(a), \(b)")
    }
  }

  @Test func `any text is taken or refused, and never more`() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SplitMix64(seed: seed)
    let words = [
      "Events", "|", "where", "Id", "==", "1", "(", ")", "'a'", "and", "or", "not", "summarize", "count()", "by", "bin",
      ",", "project", "Name", "=", "has", "in", "[", "]", ".", "..", "between", "1h", "datetime(", "-", "*", "take",
      "let",
      ";", "union", "print", "\"", "dynamic({", "!", "in~", "sort", "desc", "é", "\n",
    ]
    let translator = KQLTranslator(tables: ["Events": KQLDatabase.events], now: KQLDatabase.now)
    for _ in 0..<3000 {
      let text = (0..<Int.random(in: 1...12, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }
        .joined(separator: " ")
      do throws(KQLError) {
        _ = try translator.translate(text)
      } catch {
        #expect(!error.innerError.isEmpty, "seed \(seed): \(text)")
      }
    }
  }
}

private func equal(_ a: Int64?, _ b: Int64?) -> Bool? { a == nil && b == nil ? nil : a == b }
private func not(_ value: Bool?) -> Bool? { value.map { !$0 } }
private func and(_ a: Bool?, _ b: Bool?) -> Bool? {
  if a == false || b == false { return false }
  return a == nil || b == nil ? nil : true
}
