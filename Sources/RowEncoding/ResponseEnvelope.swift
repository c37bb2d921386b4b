/// What surrounds the rows of a response.
///
///     {"tables":[{"name":"PrimaryResult","columns":[{"name":"x","type":"long"}],"rows":[ … rows …
///     ]}],"render":{…},"statistics":{…},"error":{"code":"PartialError",…}}
///
/// Members may come in another order, but the columns come before the rows.
struct ResponseEnvelope {
  var columns: [ResponseColumn] = []
  var error: ServiceError?
  /// Whether the first table's rows have begun.
  var hasRows = false

  /// Reads up to the first row and returns the index behind the bracket that opens
  /// the rows; nil where the document ends without any table.
  static func head(_ bytes: Bytes, to end: Int) throws(ScanError) -> (envelope: ResponseEnvelope, index: Int) {
    var envelope = ResponseEnvelope()
    var index = 0
    try JSONPunctuation.expect(0x7B, bytes, at: &index, to: end)
    if try JSONPunctuation.accept(0x7D, bytes, at: &index, to: end) { return (envelope, index) }
    repeat {
      let name = try JSONPunctuation.name(bytes, at: &index, to: end)
      if name == "tables" {
        try JSONPunctuation.expect(0x5B, bytes, at: &index, to: end)
        if try JSONPunctuation.accept(0x5D, bytes, at: &index, to: end) { continue }
        try envelope.readTable(bytes, at: &index, to: end)
        return (envelope, index)
      }
      envelope.take(name, try JSONTree.read(bytes, at: &index, to: end))
    } while try JSONPunctuation.continues(bytes, at: &index, to: end, closing: 0x7D)
    return (envelope, index)
  }

  private mutating func readTable(_ bytes: Bytes, at index: inout Int, to end: Int) throws(ScanError) {
    try JSONPunctuation.expect(0x7B, bytes, at: &index, to: end)
    if try JSONPunctuation.accept(0x7D, bytes, at: &index, to: end) {
      throw .invalid("a table without rows", at: index)
    }
    repeat {
      let name = try JSONPunctuation.name(bytes, at: &index, to: end)
      if name == "rows" {
        guard !columns.isEmpty else { throw .invalid("rows come before their columns", at: index) }
        try JSONPunctuation.expect(0x5B, bytes, at: &index, to: end)
        hasRows = true
        return
      }
      let value = try JSONTree.read(bytes, at: &index, to: end)
      // No service was seen to say it here; whoever does means that rows are missing.
      take(name, value)
      guard name == "columns" else { continue }
      for column in value.elements {
        guard let name = column["name"]?.text, let type = column["type"]?.text else {
          throw .invalid("a column without name or type", at: index)
        }
        guard !columns.contains(where: { $0.name == name }) else {
          throw .invalid("two columns are named '\(name)'", at: index)
        }
        columns.append(ResponseColumn(name: name, type: type))
      }
    } while try JSONPunctuation.continues(bytes, at: &index, to: end, closing: 0x7D)
    throw .invalid("a table without rows", at: index)
  }

  /// Reads what follows the bracket that closes the rows, or the document that has none, up to the end of the document.
  mutating func readTail(_ bytes: Bytes, from start: Int, to end: Int) throws(ScanError) {
    var index = start
    if hasRows { try readRest(bytes, at: &index, to: end) }
    index = ValueScan.skipSpace(bytes, from: index)
    guard index == end else { throw .invalid("something follows the document", at: index) }
  }

  private mutating func readRest(_ bytes: Bytes, at index: inout Int, to end: Int) throws(ScanError) {
    while try JSONPunctuation.continues(bytes, at: &index, to: end, closing: 0x7D) {
      let name = try JSONPunctuation.name(bytes, at: &index, to: end)
      guard name != "rows", name != "columns" else {
        throw .invalid("a table has a second member '\(name)'", at: index)
      }
      take(name, try JSONTree.read(bytes, at: &index, to: end))
    }
    // Later tables hold no rows of the query.
    while try JSONPunctuation.continues(bytes, at: &index, to: end, closing: 0x5D) {
      _ = try JSONTree.read(bytes, at: &index, to: end)
    }
    while try JSONPunctuation.continues(bytes, at: &index, to: end, closing: 0x7D) {
      let name = try JSONPunctuation.name(bytes, at: &index, to: end)
      guard name != "tables" else { throw .invalid("the document has a second member 'tables'", at: index) }
      take(name, try JSONTree.read(bytes, at: &index, to: end))
    }
  }

  private mutating func take(_ name: String, _ value: JSONTree) {
    guard name == "error", value != .null else { return }
    var error = ServiceError(code: value["code"]?.text ?? "", message: value["message"]?.text ?? "")
    var cause: JSONTree? = value["details"]?.elements.first ?? value["innererror"]
    while let current = cause {
      error.innerCode = current["code"]?.text ?? error.innerCode
      error.innerMessage = current["message"]?.text ?? error.innerMessage
      cause = current["innererror"]
    }
    self.error = error
  }
}
