extension BlobAddress {
  /// Throws `invalid` for a container or a name that a store must not be asked for.
  ///
  /// Dot segments would be folded by HTTP clients and followed by file systems, so
  /// that a blob would land elsewhere; empty segments mean nothing to a directory.
  package func check(_ operation: String) throws(StoreError) {
    try Self.checkContainer(container, operation)
    if let problem = Self.problem(name) {
      throw StoreError(.invalid, operation: "\(operation) \(self)", message: "'\(name)' is no blob's name: \(problem)")
    }
  }

  /// Throws `invalid` unless `name` is 3 to 63 of a-z, 0-9 and single hyphens
  /// between them ("Naming and Referencing Containers, Blobs, and Metadata").
  package static func checkContainer(_ name: String, _ operation: String) throws(StoreError) {
    let bytes = Array(name.utf8)
    let hyphen = UInt8(ascii: "-")
    let isValid =
      (3...63).contains(bytes.count) && bytes.first != hyphen && bytes.last != hyphen && !name.contains("--")
      && bytes.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == hyphen }
    guard isValid else {
      throw StoreError(.invalid, operation: operation, message: "'\(name)' is no container's name")
    }
  }

  /// Why a text is no name of a blob: at most 1,024 characters, in segments between slashes.
  private static func problem(_ name: String) -> String? {
    if name.unicodeScalars.count > 1024 { return "it is longer than 1,024 characters" }
    if name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return "it holds a control character" }
    for segment in name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      if segment.isEmpty { return "a segment of it is empty" }
      if segment.elementsEqual(".".utf8) || segment.elementsEqual("..".utf8) { return "a segment of it is dots" }
    }
    return nil
  }
}

/// Names are bytes to every store; as Swift texts, canonically equivalent ones would be equal.
extension BlobAddress: Hashable {
  package static func == (a: BlobAddress, b: BlobAddress) -> Bool {
    a.container.utf8.elementsEqual(b.container.utf8) && a.name.utf8.elementsEqual(b.name.utf8)
  }

  package func hash(into hasher: inout Hasher) {
    for var text in [container, name] {
      text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
      hasher.combine(UInt8(0xFF))
    }
  }
}
