import TestSupport

/// Responses of the query service by chance: any values, white space between any tokens, any escapes.
enum RandomResponse {
  static func make(_ random: inout SplitMix64) -> String {
    let types = types(&random)
    let names = types.indices.map { "c\($0)" + text(&random) }
    let rows = (0..<Int.random(in: 0..<5, using: &random)).map { _ in types.map { value(of: $0, &random) } }
    return document(zip(names, types).map { ($0, $1) }, rows.map { row($0, &random) }, &random)
  }

  /// A response whose rows have the given times in a column anywhere among others, and for each of the
  /// groups a response of its rows alone.
  static func make(_ groups: [[String]], _ random: inout SplitMix64) -> (whole: String, alone: [String]) {
    let types = types(&random)
    let place = Int.random(in: 0...types.count, using: &random)
    var columns = types.enumerated().map { ("c\($0)", $1) }
    columns.insert(("TimeGenerated", "datetime"), at: place)
    let rows = groups.map { times in
      times.map { time in
        var values = types.map { value(of: $0, &random) }
        values.insert("\"\(time)\"", at: place)
        return row(values, &random)
      }
    }
    return (document(columns, rows.flatMap { $0 }, &random), rows.map { document(columns, $0, &random) })
  }

  private static func types(_ random: inout SplitMix64) -> [String] {
    (0..<Int.random(in: 1...6, using: &random)).map { _ in
      ["string", "long", "real", "dynamic", "dynamic", "bool", "datetime"].randomElement(using: &random) ?? "string"
    }
  }

  private static func row(_ values: [String], _ random: inout SplitMix64) -> String {
    "[" + list(values, &random) + "]"
  }

  private static func document(
    _ columns: [(name: String, type: String)], _ rows: [String], _ random: inout SplitMix64
  ) -> String {
    let columns = columns.map { name, type in
      let members = ["\"name\"\(gap(&random)):\(gap(&random))\(string(name, &random))", "\"type\":\"\(type)\""]
      return "{" + list(Bool.random(using: &random) ? members : members.reversed(), &random) + "}"
    }
    let table = [
      "\"columns\":[\(list(columns, &random))]", "\"rows\"\(gap(&random)):\(gap(&random))[\(list(rows, &random))]",
    ]
    var members = ["\"tables\":\(gap(&random))[\(gap(&random)){\(list(table, &random))}\(gap(&random))]"]
    for name in ["render", "statistics", "x"] where Bool.random(using: &random) {
      let member = "\"\(name)\":\(json(&random, depth: 0))"
      members.insert(member, at: Int.random(in: 0...members.count, using: &random))
    }
    return gap(&random) + "{" + list(members, &random) + "}" + gap(&random)
  }

  private static func list(_ items: [String], _ random: inout SplitMix64) -> String {
    var text = gap(&random)
    for (index, item) in items.enumerated() {
      text += (index > 0 ? "," + gap(&random) : "") + item + gap(&random)
    }
    return text
  }

  private static func gap(_ random: inout SplitMix64) -> String {
    guard Int.random(in: 0..<4, using: &random) == 0 else { return "" }
    return [" ", "\n", "\r\n", "\t", "  \n "].randomElement(using: &random) ?? ""
  }

  private static func value(of type: String, _ random: inout SplitMix64) -> String {
    if Int.random(in: 0..<6, using: &random) == 0 { return "null" }
    switch type {
    case "long", "real": return number(&random)
    case "bool": return Bool.random(using: &random) ? "true" : "false"
    case "datetime": return #""2024-01-01T00:00:00.\#(Int.random(in: 0...9_999_999, using: &random))Z""#
    case "dynamic":
      let text = json(&random, depth: 0)
      let damaged = Int.random(in: 0..<5, using: &random) == 0
      return string(damaged ? String(text.dropLast()) : text, &random)
    default:
      let half = Int.random(in: 0..<20, using: &random) == 0
      return half ? #""half \ud83d surrogate""# : string(text(&random), &random)
    }
  }

  private static func number(_ random: inout SplitMix64) -> String {
    switch Int.random(in: 0..<4, using: &random) {
    case 0: "\(Int64.random(in: Int64.min...Int64.max, using: &random))"
    case 1: "\(Double.random(in: -1e10...1e10, using: &random))"
    case 2: "\(Int.random(in: -9...9, using: &random))E+\(Int.random(in: 0...400, using: &random))"
    default: "0.\(UInt64.random(in: 0...UInt64.max, using: &random))00"
    }
  }

  private static func text(_ random: inout SplitMix64) -> String {
    let alphabet = Array("abcdefghijk \\\"/,\n\r\t\u{1}\u{7F}é日😀\u{2028}{}[]:'0".unicodeScalars)
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0..<20, using: &random) { text.append(alphabet.randomElement(using: &random) ?? "a") }
    return String(text)
  }

  /// A JSON string of a text, each character escaped in one of the ways that are allowed.
  private static func string(_ text: String, _ random: inout SplitMix64) -> String {
    var json = "\""
    for unit in text.unicodeScalars {
      let must = unit.value < 0x20 || unit == "\"" || unit == "\\"
      if must && unit.value >= 0x20 && Bool.random(using: &random) {
        json += "\\\(unit)"
      } else if must || Int.random(in: 0..<12, using: &random) == 0 {
        for unit in String(unit).utf16 {
          let digits = String(unit, radix: 16, uppercase: Bool.random(using: &random))
          json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      } else {
        json.unicodeScalars.append(unit)
      }
    }
    return json + "\""
  }

  private static func json(_ random: inout SplitMix64, depth: Int) -> String {
    switch Int.random(in: 0..<(depth < 4 ? 7 : 4), using: &random) {
    case 0: return "null"
    case 1: return "true"
    case 2: return number(&random)
    case 3: return string(text(&random), &random)
    case 4, 5:
      let count = Int.random(in: 0..<4, using: &random)
      return "[" + list((0..<count).map { _ in json(&random, depth: depth + 1) }, &random) + "]"
    default:
      let count = Int.random(in: 0..<4, using: &random)
      let members = (0..<count).map { _ in string(text(&random), &random) + ":" + json(&random, depth: depth + 1) }
      return "{" + list(members, &random) + "}"
    }
  }
}
