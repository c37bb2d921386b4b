/// The candidate that a mistyped name most probably means.
///
/// Distance is the number of inserted, deleted, replaced or transposed
/// characters (optimal string alignment), letter case ignored; a third of the
/// name may be wrong. Nil where nothing is that near. Of equals the first wins.
package func nearestName(to name: String, among candidates: some Sequence<String>) -> String? {
  let typed = Array(name.lowercased())
  // Beyond this a name is no slip of the keyboard, and the table would grow large.
  guard !typed.isEmpty, typed.count <= 64 else { return nil }
  var best: (distance: Int, name: String)?
  for candidate in candidates {
    let wanted = Array(candidate.lowercased())
    let allowed = max(1, max(typed.count, wanted.count) / 3)
    guard abs(typed.count - wanted.count) <= allowed else { continue }
    let distance = editDistance(typed, wanted)
    if distance <= allowed, distance < best?.distance ?? .max { best = (distance, candidate) }
  }
  return best?.name
}

private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  var beforeLast = [Int](repeating: 0, count: b.count + 1)
  var last = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
      row.append(cost)
    }
    beforeLast = last
    last = row
  }
  return last[b.count]
}
