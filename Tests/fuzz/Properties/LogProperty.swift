import Manifest

/// The log of an earlier job, a CSV file of any columns, that is read can be written with every field quoted and
/// read again with the same fields.
func logFault(in bytes: [UInt8]) -> String? {
  do throws(ManifestError) {
    let document = try CSVDocument(bytes, place: "old.csv")
    let fields = document.records.map(\.fields)
    guard zip(document.records, document.records.dropFirst()).allSatisfy({ $0.line < $1.line }) else {
      return "records out of order"
    }
    var written: [UInt8] = []
    for record in fields {
      for (index, field) in record.enumerated() {
        if index > 0 { written.append(UInt8(ascii: ",")) }
        written.append(UInt8(ascii: "\""))
        for byte in field.utf8 { written += byte == UInt8(ascii: "\"") ? [byte, byte] : [byte] }
        written.append(UInt8(ascii: "\""))
      }
      written += "\r\n".utf8
    }
    do throws(ManifestError) {
      let again = try CSVDocument(written, place: "old.csv").records.map(\.fields)
      return again == fields ? nil : "fields change by being written: \(fields), then \(again)"
    } catch {
      return "what was written of it is not read: \(error)"
    }
  } catch {
    // A refusal is an answer.
    return nil
  }
}
