extension Collection where Self: Sendable, Element: Sendable {
  /// The results of `body` for each element, in their order; at most `width` are under way at once.
  ///
  /// Throws what `body` threw first, once what was under way has been cancelled and has ended.
  package func mapConcurrently<T: Sendable, Failure: Error>(
    width: Int, _ body: @escaping @Sendable (Element) async throws(Failure) -> T
  ) async throws(Failure) -> [T] {
    let outcome = await withTaskGroup(of: (Int, Result<T, Failure>).self) { group -> Result<[T], Failure> in
      var waiting = enumerated().makeIterator()
      var underWay = 0
      var results: [(index: Int, value: T)] = []
      var failure: Failure?
      while true {
        while failure == nil, underWay < width, let (index, element) = waiting.next() {
          group.addTask {
            do throws(Failure) { return (index, .success(try await body(element))) } catch {
              return (index, .failure(error))
            }
          }
          underWay += 1
        }
        guard let (index, result) = await group.next() else { break }
        underWay -= 1
        switch result {
        case .success(let value): results.append((index, value))
        case .failure(let error) where failure == nil:
          failure = error
          group.cancelAll()
        case .failure: break
        }
      }
      if let failure { return .failure(failure) }
      return .success(results.sorted { $0.index < $1.index }.map(\.value))
    }
    return try outcome.get()
  }
}
