import Testing

@testable import Azure

@Suite struct `Ids of requests` {
  @Test func `are UUIDs that begin with the run's number, its start and a version`() {
    let ids = RequestIDs(run: 0x1f2e3d, start: 1_735_689_600)
    #expect(ids.next() == "001f2e3d-7748-8580-8000-000000000001")
    #expect(ids.next() == "001f2e3d-7748-8580-8000-000000000002")
  }

  @Test func `are never the same, however many tasks ask`() async {
    let ids = RequestIDs()
    let found = await withTaskGroup(of: String.self) { group in
      for _ in 0..<1000 { group.addTask { ids.next() } }
      return await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(found.count == 1000)
    #expect(found.allSatisfy { $0.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8000-[0-9a-f]{12}/) != nil })
  }
}
