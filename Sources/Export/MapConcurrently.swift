extension Collection where Self: Sendable, Element: Sendable {
  /// The results of `body` for each element, in their order; at most `width` are under way at once.
  package func mapConcurrently<T: Sendable>(
    width: Int, _ body: @escaping @Sendable (Element) async throws -> T
  ) async throws -> [T] {
    try await withThrowingTaskGroup(of: (Int, T).self) { group in
      var results: [(Int, T)] = []
      for (index, element) in enumerated() {
        if index >= width, let result = try await group.next() { results.append(result) }
        group.addTask { (index, try await body(element)) }
      }
      while let result = try await group.next() { results.append(result) }
      return results.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  /// The same for work that does not throw.
  func mapConcurrently<T: Sendable>(
    width: Int, _ body: @escaping @Sendable (Element) async -> T
  ) async -> [T] {
    await withTaskGroup(of: (Int, T).self) { group in
      var results: [(Int, T)] = []
      for (index, element) in enumerated() {
        if index >= width, let result = await group.next() { results.append(result) }
        group.addTask { (index, await body(element)) }
      }
      for await result in group { results.append(result) }
      return results.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }
}
