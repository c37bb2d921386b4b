import CExpat

/// Reads the XML of Put Block List (expat).
enum BlockListParser {
  /// Where a block is looked for.
  enum Source: String {
    case committed = "Committed"
    case uncommitted = "Uncommitted"
    case latest = "Latest"
  }

  /// One line of the list.
  struct Entry: Equatable {
    var source: Source
    var id: String
  }

  /// The entries in order; malformed text is refused as the service does.
  static func parse(_ bytes: [UInt8]) throws(StorageError) -> [Entry] {
    guard let parser = XML_ParserCreate(nil) else { throw invalid }
    defer { XML_ParserFree(parser) }
    let reading = Reading()
    XML_SetUserData(parser, Unmanaged.passUnretained(reading).toOpaque())
    XML_SetElementHandler(
      parser,
      { context, name, _ in
        guard let context, let name else { return }
        Unmanaged<Reading>.fromOpaque(context).takeUnretainedValue().begin(String(cString: name))
      },
      { context, name in
        guard let context, name != nil else { return }
        Unmanaged<Reading>.fromOpaque(context).takeUnretainedValue().end()
      })
    XML_SetCharacterDataHandler(parser) { context, text, count in
      guard let context, let text else { return }
      let bytes = UnsafeRawBufferPointer(start: text, count: Int(count))
      Unmanaged<Reading>.fromOpaque(context).takeUnretainedValue().text += String(decoding: bytes, as: UTF8.self)
    }
    let status = bytes.withUnsafeBytes {
      XML_Parse(parser, $0.bindMemory(to: CChar.self).baseAddress, Int32($0.count), 1)
    }
    guard status == XML_STATUS_OK, reading.isValid, reading.depth == 0 else { throw invalid }
    return reading.entries
  }

  private static let invalid = StorageError(
    400, "InvalidXmlDocument", "XML specified is not syntactically valid.")

  private final class Reading {
    var entries: [Entry] = []
    var text = ""
    var depth = 0
    var isValid = true
    private var source: Source?

    func begin(_ name: String) {
      depth += 1
      text = ""
      if depth == 1 { isValid = isValid && name == "BlockList" }
      if depth == 2 {
        source = Source(rawValue: name)
        isValid = isValid && source != nil
      }
      if depth > 2 { isValid = false }
    }

    func end() {
      if depth == 2, let source { entries.append(Entry(source: source, id: text.trimmingBlanks())) }
      depth -= 1
    }
  }
}
