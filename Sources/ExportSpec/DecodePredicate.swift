internal import YAML

extension SpecDecoder {
  /// A `where`, as one predicate that cannot leave its parentheses or its table.
  mutating func predicate(_ field: Field) -> String? {
    guard let value = text(field) else { return nil }
    let (predicate, problems) = KQLPredicate.check(value.text)
    for problem in problems {
      let range =
        value.written == nil
        ? value.range : place(in: field.node, offset: problem.offset, length: problem.length)
      report("where: \(problem.summary)", at: range, remedy: problem.remedy)
    }
    return predicate?.text
  }
}
