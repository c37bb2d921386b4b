package import Timeline

/// Something that does not agree with the manifest, and what to do about it.
package struct Finding: Sendable, Equatable {
  package var slice: Slice
  /// Container and name, or the URL where that is no blob of this store; empty where it is about the slice's count.
  package var blob: String
  package var kind: Kind
  /// What was found, in one line.
  package var what: String
  package var remedy: Remedy

  package init(slice: Slice, blob: String, kind: Kind, what: String, remedy: Remedy) {
    self.slice = slice
    self.blob = blob
    self.kind = kind
    self.what = what
    self.remedy = remedy
  }

  /// What it is about.
  package enum Kind: String, Sendable, CaseIterable {
    /// There is no such blob.
    case missing
    case size
    /// The MD5 that the store keeps, or that of the bytes read.
    case md5
    /// The SHA-256 of the bytes read.
    case sha256
    /// The blob's metadata say something else, or nothing.
    case receipt
    /// Rows counted in the blob.
    case rows
    /// The stream or one of its rows is damaged.
    case malformed
    /// The source has more rows, or fewer.
    case sourceMore = "source_more"
    case sourceFewer = "source_fewer"
    /// Slices in force cover the same time.
    case overlap
  }

  /// What mends it.
  package enum Remedy: String, Sendable, CaseIterable {
    /// The next plan sees it as well.
    case apply
    /// No listing shows it: the slice must be named.
    case replace
    /// Counts are compared only where that is asked for.
    case refresh
    /// The source no longer holds the rows, or they are not declared.
    case restore
    /// What is archived stays.
    case keep
    /// The archive can do without the slice.
    case prune
  }
}

extension [Finding] {
  /// The same with one remedy for each slice that is exported again or given up: whatever has that done mends all of it.
  package func agreeing() -> [Finding] {
    let order: [Finding.Remedy] = [.prune, .apply, .replace, .refresh]
    var best: [Slice: Int] = [:]
    for finding in self {
      guard let rank = order.firstIndex(of: finding.remedy) else { continue }
      best[finding.slice] = Swift.min(best[finding.slice] ?? rank, rank)
    }
    return map { finding in
      guard order.contains(finding.remedy), let rank = best[finding.slice] else { return finding }
      var finding = finding
      finding.remedy = order[rank]
      return finding
    }
  }
}

extension Finding {
  /// The remedy in words, with the slice's address.
  package var remedyText: String {
    switch remedy {
    case .apply: "logexport apply exports the slice again"
    case .replace: "logexport apply --replace \(slice.address) exports it again"
    case .refresh: "logexport apply --refresh exports the slice again"
    case .restore: "the source or the spec no longer has the slice: restore the blob from a copy"
    case .prune: "logexport prune \(slice.fullAddress) gives it up: the others hold its time, and no fewer rows"
    case .keep: "archived rows are kept; nothing to do"
    }
  }
}
