internal import Azure
internal import BlobStorage
internal import Export
internal import ExportSpec
internal import HTTP
internal import Manifest
internal import Timeline

/// What the services answer. Nothing is changed, and no query reads data.
struct ServiceChecks {
  let connection: Connection
  let spec: ExportSpec
  let tables: [TableSpec]
  let run: RunID

  /// Each as it is found.
  func perform(write: Bool, _ report: (Check) async throws -> Void) async throws {
    let store: Result<any LeasingStore, any Error>
    do { store = .success(try connection.store()) } catch { store = .failure(error) }
    var hosts = [(connection.endpoint, AzureService.query)]
    if case .success(let store) = store, !store.url.hasPrefix("file:"),
      URLParts(store.url)?.authority != URLParts(connection.endpoint)?.authority
    {
      hosts.append((store.url, .storage))
    }
    let network = await network(hosts)
    for check in network { try await report(check) }
    let isReached = !network.contains { $0.name == "network" && $0.status == .failed }
    let credential = isReached ? await credential() : .skipped("credential", because: "the network")
    try await report(credential)
    let query = credential.status == .ok ? await query() : .skipped("query", because: "the credential")
    try await report(query)
    try await report(query.status == .ok ? await tableCheck() : .skipped("tables", because: "the query service"))

    if credential.status == .ok {
      let checks = await ResourceCheck.perform(
        try connection.resources(), spec, storageKey: try connection.storageKey())
      for check in checks { try await report(check) }
    }

    switch store {
    case .failure(let error): try await report(.failed("store", error))
    case .success(let store):
      let listing = await Self.store(store, spec, tables)
      try await report(listing)
      guard listing.status == .ok else { return try await report(.skipped("lock", because: "the store")) }
      if write {
        try await report(await Self.write(store, spec.destination.manifest, run, directory: connection.directory))
      }
      try await report(await LockCheck.perform(store, manifest: spec.destination.manifest))
    }
  }
}

// MARK: - The network

extension ServiceChecks {
  /// Asks each host for anything, without a credential, and compares its clock.
  private func network(_ hosts: [(url: String, service: AzureService)]) async -> [Check] {
    var reached: [String] = []
    var clock: Check?
    for (url, service) in hosts {
      let host: String
      do { host = try connection.hosts.check(url, of: service).authority } catch {
        return [.failed("network", SourceError(error))] + (clock.map { [$0] } ?? [])
      }
      do {
        let response = try await connection.client.send(
          HTTPRequest(method: "GET", url: url, headTimeout: .seconds(15), connectTimeout: .seconds(10)))
        reached.append(host)
        if clock == nil, let date = response.head["Date"].flatMap(HTTPDate.tick) {
          clock = MachineChecks.clock(date, at: .now(), of: host)
        }
      } catch {
        let remedy =
          error.code == .tls
          ? "If an authority of your own signs its certificate, trust it with --ca-file FILE."
          : "Check the name, the firewall and the proxy between here and \(host)."
        return [.failed("network", "\(error)", remedy: remedy, code: .unavailable)] + (clock.map { [$0] } ?? [])
      }
    }
    return [.ok("network", "\(reached.joined(separator: " and ")) can be reached")] + (clock.map { [$0] } ?? [])
  }
}

// MARK: - The source

extension ServiceChecks {
  private func credential() async -> Check {
    do {
      let tokens = try connection.tokens()
      let token = try await tokens.token(scope: connection.queryScope)
      let until = Tick(unixSeconds: token.expiresAt).iso8601
      guard let chain = tokens.credential as? CredentialChain else {
        return .ok("credential", "the emulator's own application, with a token until \(until)")
      }
      let others = chain.passedOver.map { "; not \($0.split(separator: "\n").first ?? "")" }.joined()
      return .ok("credential", "\(chain.name ?? "one") gives a token until \(until)\(others)")
    } catch let error as AzureError {
      return .failed("credential", SourceError(error))
    } catch {
      return .failed("credential", error)
    }
  }

  /// An expression that reads no table, and no row of it.
  private func query() async -> Check {
    do {
      _ = try await connection.source().table(LogQuery(text: "print Answer = 1 | take 0", span: nothing, plan: nil))
      return .ok("query", "workspace \(spec.source.workspace) answers")
    } catch {
      return .failed("query", error)
    }
  }

  /// No row of each table; queries of Basic and Auxiliary tables are billed, so they are left out.
  private func tableCheck() async -> Check {
    let asked = tables.filter { $0.plan == nil || $0.plan == .analytics }
    let failures = await withTaskGroup(of: (Int, Check)?.self) { group in
      for (index, table) in asked.enumerated() {
        group.addTask {
          do {
            let text = "\(quotedIdentifier(table.name)) | take 0"
            _ = try await connection.source().table(LogQuery(text: text, span: nothing, plan: table.plan))
            return nil
          } catch {
            return (index, Check.failed(table.name, error))
          }
        }
      }
      var found: [(Int, Check)] = []
      for await failure in group { if let failure { found.append(failure) } }
      return found.sorted { $0.0 < $1.0 }.map(\.1)
    }
    let rest =
      tables.count == asked.count ? "" : ", \(tables.count - asked.count) not asked: queries of their plan are billed"
    guard let first = failures.first else {
      return .ok("tables", "\(Quantity.of(asked.count, "table")) can be read\(rest)")
    }
    let more = failures.count > 1 ? ", and \(failures.count - 1) more of \(tables.count) cannot be read" : ""
    return .failed(
      "tables", "\(first.name): \(first.message)\(more)",
      remedy: first.remedy.isEmpty ? "Check the names under tables: in the spec." : first.remedy, code: first.code)
  }

  private var nothing: TimeRange { TimeRange(Tick.now(), Tick.now()) }
}

// MARK: - The store

extension ServiceChecks {
  /// Reads the manifest's container, where there is one, and whose the containers are.
  private static func store(_ store: any BlobStore, _ spec: ExportSpec, _ tables: [TableSpec]) async -> Check {
    let manifest = spec.destination.manifest
    do {
      _ = try await ArchiveBinding.observe(
        store: store, ledger: Ledger(store: store, container: manifest), workspace: spec.source.workspace,
        containers: tables.map(\.container))
      guard try await store.containerMetadata(manifest) != nil else {
        return .ok("store", "\(store.url) answers; the first apply makes the container \(manifest)")
      }
      var count = 0
      try await store.list(manifest, prefix: "", metadata: false) { count += $0.count }
      return .ok("store", "\(store.url) answers; \(manifest) holds \(Quantity.of(count, "blob"))")
    } catch {
      return .failed("store", error)
    }
  }

  /// Puts an empty blob beside the manifest and removes it.
  private static func write(
    _ store: any BlobStore, _ manifest: String, _ run: RunID, directory: String?
  ) async -> Check {
    let address = BlobAddress(container: manifest, name: "doctor/\(run.digits)")
    do {
      guard try await store.containerMetadata(manifest) != nil else {
        if let directory { return MachineChecks.folder(directory, name: "doctor-\(run.digits)") }
        return .warning(
          "write", "not tried: there is no container \(manifest) yet", remedy: "The first apply makes it.")
      }
      let version = try await store.put([], to: address, BlobProperties(contentType: "text/plain"))
      do {
        try await store.delete(address, ifMatch: version.etag)
      } catch {
        return .warning(
          "write", "a blob can be written, but not removed: \(error.message)",
          remedy: "Where a policy forbids it that is as it should be; \(address) stays.")
      }
      return .ok("write", "a blob can be written to \(manifest) and removed")
    } catch {
      return .failed("write", error)
    }
  }
}
