import BlobStorage
import Export
import Testing
import Timeline

@testable import LogExportCLI

@Suite struct `Checks of the doctor` {
  @Test(arguments: [
    (0, Check.Status.ok, "agrees with host"), (1, .ok, "agrees with host"), (-60, .ok, "60 s ahead of host"),
    (61, .warning, "61 s behind host"), (-300, .warning, "300 s ahead of host"),
    (301, .failed, "301 s behind host; signatures and tokens are refused"),
  ]) func `a clock may be off by a minute, and by five at most`(by: Int64, status: Check.Status, message: String) {
    let now = Tick(unixSeconds: 1_750_000_000)
    let check = MachineChecks.clock(now + .second * by, at: now, of: "host")
    #expect(check.status == status && check.message == message)
    #expect(check.remedy.isEmpty == (status == .ok))
  }

  @Test func `few file descriptors are a warning with the number that is needed`() {
    #expect(MachineChecks.limits(parallelism: 5, descriptors: 1024).status == .ok)
    let check = MachineChecks.limits(parallelism: 64, descriptors: 256)
    #expect(check.status == .warning && check.remedy == "Raise the limit with ulimit -n 576.")
  }

  @Test(arguments: [
    ([:], "none"),
    (["https_proxy": "http://me:hunter2-hunter2@proxy:8080/"], "https_proxy is proxy:8080"),
    (["HTTPS_PROXY": "proxy:8080", "NO_PROXY": ".local"], "HTTPS_PROXY is proxy:8080, not for .local"),
    (["HTTPS_PROXY": "", "NO_PROXY": ".local"], "none"),
    (["http_proxy": "http://proxy"], "http_proxy is set, which is not read: services are reached by HTTPS"),
    (["HTTP_PROXY": "http://proxy"], "HTTP_PROXY is set, which is not read: services are reached by HTTPS"),
  ]) func `proxies are shown without who signs in to them`(environment: [String: String], message: String) {
    #expect(MachineChecks.proxies(environment).message == message)
  }

  @Test func `a proxy that is none is a failure that shows nothing of it`() {
    let check = MachineChecks.proxies(["https_proxy": "http://me:hunter2/hunter2@proxy:8080/"])
    #expect(check.status == .failed && check.message.hasPrefix("https_proxy has a user or a password"))
    #expect(!check.message.contains("hunter2") && !check.message.contains("me:"))
  }

  @Test func `authorities that hold no certificate are a failure`() {
    #expect(MachineChecks.authorities(nil).status == .ok)
    #expect(MachineChecks.authorities("/nowhere/ca.pem").message == "/nowhere/ca.pem cannot be read")
    #expect(MachineChecks.authorities(#filePath).message == "\(#filePath) holds no certificate")
  }

  @Test func `an error's first line is what happened, the rest what to do`() {
    let denied = StoreError(
      .denied, operation: "List Blobs a", message: "403\n  Needs a role.\n  Or a key.", requestID: "7")
    let check = Check.failed("store", denied)
    #expect(check.message == "List Blobs a: 403 (request 7)" && check.remedy == "Needs a role.\nOr a key.")
    #expect(check.code == .denied)
    #expect(
      check.line(Style(colours: false)) == """
        ✗ store       List Blobs a: 403 (request 7)
                      Needs a role.
                      Or a key.

        """)
  }

  @Test func `a refusal counts before a silence, and that before anything else`() {
    let ok = Check.ok("a", "fine")
    let other = Check.failed("b", "bad", remedy: "")
    let silent = Check.failed("c", "silent", remedy: "", code: .unavailable)
    let denied = Check.failed("d", "denied", remedy: "", code: .denied)
    #expect(ExitCode([ok, .warning("w", "hm", remedy: "")]) == .done)
    #expect(ExitCode([ok, other]) == .error)
    #expect(ExitCode([other, silent]) == .unavailable)
    #expect(ExitCode([silent, denied, other]) == .denied)
  }

  @Test func `a lock says who holds it, or took it last`() async throws {
    let store = MemoryStore()
    #expect(await LockCheck.perform(store, manifest: "m").message == "nobody has taken it yet")
    try await store.createContainer("m-lock", metadata: [:])
    let holder = LockHolder(
      lease: "11111111-1111-4111-8111-111111111111", runID: "r1", user: "ci", host: "runner-7", process: 7,
      command: "apply", since: Tick(unixSeconds: 1_735_689_600))
    let place = BlobAddress(container: "m-lock", name: "lock")
    _ = try await store.put([], to: place, BlobProperties(contentType: "text/plain", metadata: holder.metadata))
    #expect(await LockCheck.perform(store, manifest: "m").message == "free; last taken by \(holder)")
    _ = try await store.acquireLease(of: place, id: holder.lease, seconds: 60)
    let held = await LockCheck.perform(store, manifest: "m")
    #expect(held.status == .warning && held.message == "held by \(holder)")
    #expect(held.remedy.contains(holder.lease))
  }
}
