import FoundationEssentials
import Testing

@testable import Emulator

/// Deletes a folder made by a test.
func removeFolder(_ path: String) {
  do {
    try FileManager.default.removeItem(atPath: path)
  } catch {
    Issue.record("\(path) was not removed: \(error)")
  }
}

/// Files directly in a folder, -1 where it cannot be read.
func fileCount(_ path: String) -> Int {
  do {
    return try FileManager.default.contentsOfDirectory(atPath: path).count
  } catch {
    return -1
  }
}

@Suite struct BlobLeaseTests {
  private func refusal(_ action: () throws(StorageError) -> Void) -> String? {
    do {
      try action()
      return nil
    } catch {
      return error.code
    }
  }

  @Test func `a lease ends after its seconds and may be renewed until someone writes`() throws {
    var lease = Lease()
    try lease.acquire("a", seconds: 15, at: 0)
    #expect(lease.state(at: 14_999) == .leased && lease.state(at: 15_000) == .expired)
    try lease.renew("a", at: 20_000)
    #expect(lease.state(at: 34_999) == .leased)
    try lease.permitWrite(nil, at: 40_000, to: "Blob")
    #expect(
      refusal { () throws(StorageError) in try lease.renew("a", at: 40_001) } == "LeaseNotPresentWithLeaseOperation")
  }

  @Test func `a lease is taken by one holder at a time`() throws {
    var lease = Lease()
    try lease.acquire("a", seconds: -1, at: 0)
    #expect(refusal { () throws(StorageError) in try lease.acquire("b", seconds: 15, at: 1) } == "LeaseAlreadyPresent")
    try lease.acquire("a", seconds: 15, at: 1)
    try lease.acquire("b", seconds: 15, at: 15_001)
    #expect(
      refusal { () throws(StorageError) in try lease.renew("a", at: 15_002) } == "LeaseIdMismatchWithLeaseOperation")
  }

  @Test func `what is refused to whoever has no lease`() {
    var lease = Lease()
    #expect(refusal { () throws(StorageError) in try lease.renew("a", at: 0) } == "LeaseNotPresentWithLeaseOperation")
    #expect(refusal { () throws(StorageError) in try lease.release("a") } == "LeaseIdMismatchWithLeaseOperation")
    #expect(
      refusal { () throws(StorageError) in try lease.change("a", to: "b", at: 0) }
        == "LeaseNotPresentWithLeaseOperation")
  }

  @Test(
    arguments: [
      (-1, nil, 0), (-1, 10, 10), (60, nil, 50), (60, 5, 5), (60, 59, 50), (15, nil, 5),
    ] as [(Int, Int?, Int)])
  func `breaking takes the period or what is left`(seconds: Int, period: Int?, left: Int) throws {
    var lease = Lease()
    try lease.acquire("a", seconds: seconds, at: 0)
    #expect(try lease.breakOff(period: period, at: 10_000) == left)
    #expect(lease.state(at: 10_000) == (left == 0 ? .broken : .breaking))
    #expect(lease.state(at: 10_000 + Int64(left) * 1000) == .broken)
  }

  @Test func `writes show the lease they hold`() throws {
    var lease = Lease()
    let check: (inout Lease, String?, Int64) -> String? = { lease, id, now in
      do throws(StorageError) {
        try lease.permitWrite(id, at: now, to: "Blob")
        return nil
      } catch {
        return error.code
      }
    }
    #expect(check(&lease, nil, 0) == nil)
    #expect(check(&lease, "a", 0) == "LeaseNotPresentWithBlobOperation")
    try lease.acquire("a", seconds: 15, at: 0)
    #expect(check(&lease, nil, 1) == "LeaseIdMissing")
    #expect(check(&lease, "b", 1) == "LeaseIdMismatchWithBlobOperation")
    #expect(check(&lease, "A", 1) == nil)
    #expect(check(&lease, "a", 15_000) == "LeaseLost")
  }
}
