import Pacing
import Synchronization
import TestSupport
import Testing

@Suite struct GateTests {
  /// How many are inside, and how many were at most.
  private final class Crowd: Sendable {
    private let state = Mutex((now: 0, most: 0))
    var now: Int { state.withLock { $0.now } }
    var most: Int { state.withLock { $0.most } }

    func enter() {
      state.withLock { state in
        state.now += 1
        state.most = max(state.most, state.now)
      }
    }

    func leave() { state.withLock { $0.now -= 1 } }
  }

  /// Numbers in the order in which tasks wrote them.
  private final class Record: Sendable {
    private let state = Mutex<[Int]>([])
    var numbers: [Int] { state.withLock { $0 } }

    func append(_ number: Int) { state.withLock { $0.append(number) } }
  }

  @Test(arguments: [1, 3, 50])
  func `no more than the limit are inside at once, and all come through`(limit: Int) async {
    let gate = Gate(limit: limit)
    let crowd = Crowd()
    let sum = await withTaskGroup(of: Int.self) { group in
      for number in 1...200 {
        group.addTask {
          await gate.withPermit {
            crowd.enter()
            defer { crowd.leave() }
            for _ in 0..<3 { await Task.yield() }
            return number
          }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(sum == 20100)
    #expect(crowd.most <= limit && crowd.most >= 1)
  }

  @Test func `a body's error gives the permit back`() async {
    struct Failure: Error {}
    let gate = Gate(limit: 1)
    for _ in 0..<3 {
      await #expect(throws: Failure.self) { try await gate.withPermit { () async throws(Failure) in throw Failure() } }
    }
    #expect(await isFree(gate))
  }

  @Test func `a held permit keeps others out until it goes`() async {
    let gate = Gate(limit: 1)
    var permit: GatePermit? = await gate.permit()
    let entered = Record()
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await gate.withPermit { entered.append(1) } }
      for _ in 0..<100 { await Task.yield() }
      #expect(entered.numbers.isEmpty)
      #expect(permit != nil)
      permit = nil
    }
    #expect(entered.numbers == [1])
  }

  @Test func `a task that is cancelled while it waits goes on without a permit, and none is lost`() async {
    let gate = Gate(limit: 1)
    var permit: GatePermit? = await gate.permit()
    let waiting = Task { await gate.withPermit { Task.isCancelled } }
    for _ in 0..<100 { await Task.yield() }
    waiting.cancel()
    #expect(await waiting.value)
    let other = Task { await gate.withPermit { 1 } }
    #expect(permit != nil)
    permit = nil
    #expect(await other.value == 1)
    #expect(await isFree(gate))
  }

  @Test func `a task that was cancelled before takes no permit`() async {
    let gate = Gate(limit: 1)
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      let permit = await gate.permit()
      // The gate is free beside it.
      let inner = await Task { await gate.withPermit { true } }.value
      return (permit, inner)
    }
    #expect(await task.value.1)
  }

  @Test func `cancellations at any moment lose no permit`() async {
    let gate = Gate(limit: 2)
    for round in 0..<300 {
      let tasks = (0..<8).map { _ in
        Task { await gate.withPermit { await Task.yield() } }
      }
      for index in 0..<(round % 7) {
        if round % 3 == 0 { await Task.yield() }
        tasks[index].cancel()
      }
      for task in tasks { await task.value }
    }
    // Both permits are there.
    let first = await gate.permit()
    let second = await gate.permit()
    withExtendedLifetime((first, second)) {}
  }

  @Test func `who came first goes first`() async {
    let gate = Gate(limit: 1)
    var permit: GatePermit? = await gate.permit()
    let order = Record()
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<20 {
        group.addTask { await gate.withPermit { order.append(number) } }
        while gate.waiting <= number { await Task.yield() }
      }
      #expect(permit != nil)
      permit = nil
    }
    #expect(order.numbers == Array(0..<20))
  }

  @Test func `a limit below one is one`() async {
    #expect(await isFree(Gate(limit: 0)))
    let gate = Gate(limit: 3)
    gate.limit = -1
    #expect(gate.limit == 1)
    #expect(await isFree(gate))
  }

  @Test func `a higher limit lets those in who wait, in their order`() async {
    let gate = Gate(limit: 1)
    let permit = await gate.permit()
    let entered = Record()
    var tasks: [Task<GatePermit, Never>] = []
    for number in 0..<4 {
      tasks.append(
        Task {
          let permit = await gate.permit()
          entered.append(number)
          return permit
        })
      while gate.waiting <= number { await Task.yield() }
    }
    gate.limit = 3
    #expect(gate.waiting == 2)
    let permits = [await tasks[0].value, await tasks[1].value]
    #expect(Set(entered.numbers) == [0, 1])
    gate.limit = 5
    withExtendedLifetime((permit, permits, await tasks[2].value, await tasks[3].value)) {}
  }

  @Test func `a lower limit takes nothing away, and holds until enough have left`() async {
    let gate = Gate(limit: 3)
    var permits: [GatePermit] = []
    for _ in 0..<3 { permits.append(await gate.permit()) }
    gate.limit = 1
    let waiting = Task { await gate.permit() }
    while gate.waiting == 0 { await Task.yield() }
    for _ in 0..<2 {
      permits.removeLast()
      #expect(gate.waiting == 1)
    }
    permits.removeLast()
    #expect(gate.waiting == 0)
    _ = await waiting.value
  }

  @Test func `under changing limits nobody comes in above the limit, and nobody starves`() async {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    for _ in 0..<40 {
      let gate = Gate(limit: Int.random(in: 1...6, using: &random))
      let crowd = Crowd()
      let tasks = (0..<30).map { _ in
        let pauses = (Int.random(in: 0...5, using: &random), Int.random(in: 0...5, using: &random))
        return Task {
          for _ in 0..<pauses.0 { await Task.yield() }
          let permit = await gate.permit()
          if permit.isEmpty { return }
          crowd.enter()
          for _ in 0..<pauses.1 { await Task.yield() }
          crowd.leave()
          withExtendedLifetime(permit) {}
        }
      }
      for task in tasks {
        let limit = Int.random(in: 1...6, using: &random)
        gate.limit = limit
        // Those from before a lower limit may stay.
        while gate.held > limit { await Task.yield() }
        if Int.random(in: 0..<6, using: &random) == 0 { task.cancel() }
        for _ in 0..<3 {
          #expect(crowd.now <= limit, "seed \(seed)")
          await Task.yield()
        }
      }
      gate.limit = 1
      // A lost permit, or a waiter forgotten, would hang here.
      for task in tasks { await task.value }
      while gate.held > 0 { await Task.yield() }
      #expect(gate.waiting == 0, "seed \(seed)")
    }
  }

  /// Whether a permit can be had; hangs where one was lost.
  private func isFree(_ gate: Gate) async -> Bool {
    await gate.withPermit { true }
  }
}
