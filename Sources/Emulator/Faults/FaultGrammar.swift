/// Reads `--faults`: `kind[:key=value,…]`, several with commas or semicolons
/// between them. docs/emulator.md is the reference.
extension FaultRule {
  /// Why a rule is not understood.
  package struct Malformed: Error, Equatable, CustomStringConvertible {
    package let rule: String
    package let reason: String
    package var description: String { "fault '\(rule)': \(reason)" }
  }

  /// Reads a list of rules.
  package static func parse(_ text: String) throws(Malformed) -> [FaultRule] {
    var rules: [(kind: String, pairs: [(String, String)])] = []
    for piece in text.split(whereSeparator: { $0 == "," || $0 == ";" || $0 == "\n" }) {
      let piece = String(piece).trimmingBlanks()
      if piece.isEmpty { continue }
      let colon = piece.firstIndex(of: ":")
      let equals = piece.firstIndex(of: "=")
      // A piece goes on with the rule before it if its '=' comes first.
      if let equals, colon.map({ equals < $0 }) ?? true {
        guard !rules.isEmpty else { throw Malformed(rule: piece, reason: "the list must begin with a kind") }
        rules[rules.count - 1].pairs.append(try pair(piece))
        continue
      }
      let kind = String(piece[..<(colon ?? piece.endIndex)])
      let rest = colon.map { String(piece[piece.index(after: $0)...]) } ?? ""
      rules.append((kind, rest.isEmpty ? [] : [try pair(rest)]))
    }
    var parsed: [FaultRule] = []
    for rule in rules { parsed.append(try make(rule.kind, rule.pairs)) }
    return parsed
  }

  private static func pair(_ text: String) throws(Malformed) -> (String, String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[1].isEmpty else { throw Malformed(rule: text, reason: "expected key=value") }
    return (String(parts[0]), String(parts[1]))
  }

  private static let unknownKind = """
    there is no such kind; known are throttle, a status from 400 to 599, response-too-large, empty, reset, lost-reply, \
    stall, truncate, partial, expire-token, lease-lost, late-rows
    """

  private static func make(_ kind: String, _ pairs: [(String, String)]) throws(Malformed) -> FaultRule {
    var values = Dictionary(pairs) { $1 }
    func bad(_ reason: String) -> Malformed { Malformed(rule: kind, reason: reason) }
    func number(_ key: String, default fallback: Int? = nil) throws(Malformed) -> Int? {
      guard let text = values.removeValue(forKey: key) else { return fallback }
      guard let value = Int(text), value >= 0 else { throw bad("\(key)=\(text) is no whole number") }
      return value
    }
    let fault: Fault
    switch kind {
    case "throttle": fault = .throttle(retryAfter: try number("after") ?? 1)
    case "response-too-large": fault = .responseTooLarge
    case "empty": fault = .empty
    case "reset": fault = .reset
    case "lost-reply": fault = .lostReply
    case "stall":
      let text = values.removeValue(forKey: "seconds") ?? "30"
      guard let seconds = Double(text), seconds >= 0 else { throw bad("seconds=\(text) is no number") }
      let place = values.removeValue(forKey: "at") ?? "start"
      guard place == "start" || place == "body" else { throw bad("at=\(place) is neither start nor body") }
      fault = .stall(seconds: seconds, inBody: place == "body")
    case "truncate": fault = .truncate(bytes: try number("bytes"))
    // 0x80DA0003, the truncation of a result that is too large.
    case "partial": fault = .partial(code: values.removeValue(forKey: "code") ?? "-2133196797")
    case "expire-token": fault = .expireToken
    case "lease-lost": fault = .leaseLost
    case "late-rows":
      guard let table = values["table"], let file = values.removeValue(forKey: "file") else {
        throw bad("table= and file= are needed")
      }
      fault = .lateRows(table: table, file: file)
    default:
      guard let status = Int(kind), (400...599).contains(status) else { throw bad(unknownKind) }
      fault = .status(status)
    }
    var rule = FaultRule(fault, table: values.removeValue(forKey: "table"))
    if let name = values.removeValue(forKey: "op") {
      guard let operation = Operation(rawValue: name) else { throw bad("op=\(name) is no operation") }
      rule.operation = operation
    }
    rule.selection = try selection(&values, kind)
    if let key = values.keys.sorted().first { throw bad("\(key)= does not belong here") }
    return rule
  }

  private static func selection(_ values: inout [String: String], _ kind: String) throws(Malformed) -> Selection {
    let given = ["n", "every", "rate"].filter { values[$0] != nil }
    guard given.count <= 1 else { throw Malformed(rule: kind, reason: "only one of n, every and rate") }
    guard let key = given.first, let text = values.removeValue(forKey: key) else { return .always }
    let malformed = Malformed(rule: kind, reason: "\(key)=\(text) is out of range")
    switch key {
    case "n":
      let ends = text.split(separator: "-").map { Int($0) ?? 0 }
      guard (1...2).contains(ends.count), ends[0] >= 1, ends[ends.count - 1] >= ends[0] else { throw malformed }
      return .numbered(ends[0]...ends[ends.count - 1])
    case "every":
      guard let step = Int(text), step >= 1 else { throw malformed }
      return .every(step)
    default:
      guard let share = Double(text), (0...1).contains(share) else { throw malformed }
      return .rate(share)
    }
  }
}
