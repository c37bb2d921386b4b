internal import Pacing

extension PaceState {
  /// What is said of the pace while work goes on: `37/200 requests`, `3 of 5 queries at once`, and
  /// what holds it up.
  var words: [String] {
    var words = [
      "\(requests.used)/\(requests.limit) requests", "\(queries.now) of \(queries.ceiling) queries at once",
    ]
    // They are at their ceiling where there are none.
    if searches.now < searches.ceiling { words.append("\(searches.now) of \(searches.ceiling) searches at once") }
    if heldBack > .zero {
      // Rounded up, so that it never says 0.
      words.append("throttled, waiting \(Int((heldBack / .seconds(1)).rounded(.up))) s")
    }
    return words
  }
}
