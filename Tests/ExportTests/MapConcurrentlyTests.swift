import Export
import Pacing
import Synchronization
import Testing

@Suite struct MapConcurrentlyTests {
  private struct Broken: Error, Equatable {
    var at: Int
  }

  @Test(arguments: [1, 3, 100]) func `results keep the order of the elements, whatever ends first`(width: Int) async {
    let results = await (0..<20).mapConcurrently(width: width) { element -> Int in
      for _ in 0..<(20 - element) { await Task.yield() }
      return element * 2
    }
    #expect(results == (0..<20).map { $0 * 2 })
  }

  @Test func `no more are under way at once than may be`() async {
    let now = Mutex(0)
    let most = Mutex(0)
    _ = await (0..<50).mapConcurrently(width: 4) { _ in
      let count = now.withLock { count in
        count += 1
        return count
      }
      most.withLock { $0 = max($0, count) }
      await Task.yield()
      now.withLock { $0 -= 1 }
    }
    #expect(most.withLock { $0 } <= 4)
    #expect(now.withLock { $0 } == 0)
  }

  @Test func `a failure ends what is under way, and nothing else begins`() async {
    let begun = Mutex<[Int]>([])
    await #expect(throws: Broken(at: 1)) {
      _ = try await (0..<50).mapConcurrently(width: 3) { (element) async throws(Broken) -> Int in
        begun.withLock { $0.append(element) }
        if element == 1 { throw Broken(at: 1) }
        // Until it is cancelled, or for ever.
        try? await Task.sleep(for: .seconds(3600))
        return element
      }
    }
    #expect(begun.withLock { $0.sorted() } == [0, 1, 2])
  }

  @Test func `nothing is nothing`() async {
    #expect(await [Int]().mapConcurrently(width: 3) { $0 }.isEmpty)
  }
}
