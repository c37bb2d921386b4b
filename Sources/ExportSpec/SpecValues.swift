internal import Diagnostics
internal import Timeline
internal import YAML

extension SpecDecoder {
  /// One of an enumeration's words; reports others with the nearest one.
  mutating func choice<Value: RawRepresentable & CaseIterable>(_ field: Field, or fallback: Value) -> Value
  where Value.RawValue == String {
    guard let value = text(field) else { return fallback }
    if let known = Value(rawValue: value.text) { return known }
    let words = Value.allCases.map(\.rawValue)
    let near = nearestName(to: value.text, among: words).map { "did you mean \"\($0)\"? " } ?? ""
    report(
      "unknown value \(value.shown) for \(field.key)", at: value.range,
      remedy: "\(near)known are \(words.joined(separator: ", "))")
    return fallback
  }

  /// A length of time.
  mutating func duration(_ field: Field, zero: Bool = false) -> Timespan? {
    if case .int = field.node.scalar?.value {
      report("\(field.key) has no unit", at: field.range, remedy: durationRemedy)
      return nil
    }
    guard let value = text(field) else { return nil }
    let units = ["0d", "0h", "0m", "0s"]
    if zero, units.contains(value.text) { return .zero }
    if let span = Timespan(parsing: value.text) { return span }
    report("\(value.shown) is not a length of time", at: value.range, remedy: durationRemedy)
    return nil
  }

  private var durationRemedy: String { "write a whole number above zero and a unit: 365d, 1h, 15m, 5s" }

  /// A length of whole days within a range.
  mutating func days(_ field: Field, _ allowed: ClosedRange<Int64>? = nil) -> Timespan? {
    guard let span = duration(field) else { return nil }
    guard span.ticks % Timespan.day.ticks == 0 else {
      report("\(field.key) is not a number of whole days", at: field.range, remedy: "write it in days: 30d")
      return nil
    }
    let count = span.ticks / Timespan.day.ticks
    if let allowed, !allowed.contains(count) {
      report(
        "\(field.key) is \(count) \(count == 1 ? "day" : "days")", at: field.range,
        remedy: "give \(allowed.lowerBound)d to \(allowed.upperBound)d")
      return nil
    }
    return span
  }

  /// A whole number within a range, also one out of the environment.
  mutating func integer(_ field: Field, _ allowed: ClosedRange<Int>) -> Int? {
    guard let scalar = resolved(field, "a whole number") else { return nil }
    guard case .int(let number) = scalar.value else {
      report("\(field.key) is a whole number, not \(scalar.value.kind)", at: field.range)
      return nil
    }
    return within(number, allowed, field)
  }

  /// A flag, also one out of the environment.
  mutating func boolean(_ field: Field, or fallback: Bool) -> Bool {
    guard let scalar = resolved(field, "true or false") else { return fallback }
    if case .bool(let flag) = scalar.value { return flag }
    let near: String? =
      switch scalar.text.lowercased() {
      case "yes", "on", "true": "true"
      case "no", "off", "false": "false"
      default: nil
      }
    report(
      "\(field.key) is true or false, not \(scalar.value.kind)", at: field.range,
      remedy: near.map { "did you mean \($0)?" })
    return fallback
  }

  /// A number of bytes: `64MB`, `500KB`, `1000B` or a plain number; units are decimal.
  mutating func size(_ field: Field, _ allowed: ClosedRange<Int>) -> Int? {
    guard let scalar = resolved(field, "a size") else { return nil }
    if case .int(let number) = scalar.value { return within(number, allowed, field) }
    let text = scalar.text
    guard case .string = scalar.value, let bytes = byteSize(text)
    else {
      let isBinary = text.hasSuffix("iB")
      report(
        "\(field.key) is not a size", at: field.range,
        detail: isBinary ? "sizes are decimal: 1 MB is 1,000,000 bytes" : nil,
        remedy: "write a whole number of bytes, or 64MB, 500KB")
      return nil
    }
    return within(bytes, allowed, field)
  }

  private mutating func within(_ number: Int?, _ allowed: ClosedRange<Int>, _ field: Field) -> Int? {
    if let number, allowed.contains(number) { return number }
    report(
      "\(field.key) is out of range", at: field.range,
      remedy: "give \(allowed.lowerBound) to \(allowed.upperBound)")
    return nil
  }

  /// A scalar typed after substitution: a plain `${env:ROWS}` may be a number.
  private mutating func resolved(_ field: Field, _ what: String) -> YAMLScalar? {
    guard let scalar = field.node.scalar else {
      report("\(field.key) is \(what), not \(field.node.kind)", at: field.range)
      return nil
    }
    guard case .string(let raw) = scalar.value else { return scalar.value == .null ? nil : scalar }
    guard let value = substituted(raw, scalar, field.node) else { return nil }
    return YAMLScalar(text: value.text, style: scalar.style, type: scalar.type)
  }

  /// A list's items; reports anything else.
  mutating func list(_ field: Field, _ what: String) -> [YAMLNode] {
    guard let items = field.node.sequence else {
      if !field.node.isNull {
        report("\(field.key) is a list of \(what), not \(field.node.kind)", at: field.range, remedy: "write [ … ]")
      }
      return []
    }
    return items
  }

  /// The strings of a list, each with its place; reports items that are none, and repeated ones.
  mutating func uniqueTexts(_ field: Field, _ what: String) -> [SpecText] {
    var seen: Set<String> = []
    var result: [SpecText] = []
    for item in list(field, what) {
      if item.isNull {
        report("an item of \(field.key) has no value", at: item.range, remedy: "remove it")
        continue
      }
      guard let value = text(item, of: "an item of \(field.key)") else { continue }
      guard seen.insert(value.text).inserted else {
        report("\(value.shown) stands twice in \(field.key)", at: value.range, remedy: "remove one of them")
        continue
      }
      result.append(value)
    }
    return result
  }
}

/// A size as specs and options write it, `64MB`, `500kB` or a number of bytes; decimal. Nil for anything else, and
/// `Int.max` for what is more than that.
package func byteSize(_ text: String) -> Int? {
  let digits = text.prefix { ("0"..."9").contains($0) }
  let units = ["": 1, "B": 1, "kB": 1_000, "KB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000, "TB": 1_000_000_000_000]
  guard let count = Int(digits), let unit = units[String(text.dropFirst(digits.count))] else { return nil }
  let (bytes, overflow) = count.multipliedReportingOverflow(by: unit)
  return overflow ? .max : bytes
}
