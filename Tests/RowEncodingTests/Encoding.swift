import Testing

@testable import RowEncoding

/// What an encoder made of a document: the documents of its sections, in order.
enum Outcome: Equatable {
  case encoded([[UInt8]], ResponseSummary)
  case refused(RowEncodingError)

  var text: String? { texts?.joined() }

  var texts: [String]? {
    guard case .encoded(let documents, _) = self else { return nil }
    return documents.map { String(decoding: $0, as: UTF8.self) }
  }

  var summary: ResponseSummary? {
    guard case .encoded(_, let summary) = self else { return nil }
    return summary
  }

  var error: RowEncodingError? {
    guard case .refused(let error) = self else { return nil }
    return error
  }
}

extension RowEncoder {
  /// The bytes that the last step wrote.
  var written: [UInt8] { withOutput { Array($0) } }
}

/// Encodes a document that comes in the given chunks.
func encode(
  _ chunks: [[UInt8]], _ options: EncodingOptions, _ sections: RowSections = .unplaced
) -> Outcome {
  var encoder = RowEncoder(options, sections: sections)
  var documents = sections.ranges.map { _ in [UInt8]() }
  /// What was written since a section ended.
  var rest: [UInt8] = []
  do throws(RowEncodingError) {
    for chunk in chunks {
      encoder.feed(chunk)
      while true {
        let step = try encoder.next()
        let written = encoder.written
        guard case .sectionEnded(let section) = step else {
          rest += written
          break
        }
        documents[section] = rest + written
        rest = []
      }
    }
    let summary = try encoder.finish()
    rest += encoder.written
    // The last section with rows; with none of them the only one.
    let last = summary.sections.lastIndex { $0.rows > 0 } ?? 0
    if !rest.isEmpty { documents[last] = rest }
    return .encoded(documents, summary)
  } catch { return .refused(error) }
}

/// Encodes a document of rows that are not placed.
func encode(_ document: String, _ options: EncodingOptions = EncodingOptions(format: .ndjson)) -> Outcome {
  encode([Array(document.utf8)], options)
}

/// A response of one table: columns as `name:type`, rows as JSON text.
func response(_ columns: [String], rows: String, tail: String = "") -> String {
  let columns = columns.map { column in
    let parts = column.split(separator: ":", omittingEmptySubsequences: false)
    return #"{"name":"\#(parts[0])","type":"\#(parts.count > 1 ? parts[1] : "string")"}"#
  }
  return
    #"{"tables":[{"name":"PrimaryResult","columns":[\#(columns.joined(separator: ","))],"rows":[\#(rows)]}]\#(tail)}"#
}

/// Every combination of the options.
let allOptions = EncodingOptions.Format.allCases.flatMap { format in
  EncodingOptions.Dynamic.allCases.flatMap { dynamic in
    EncodingOptions.Nulls.allCases.map { EncodingOptions(format: format, dynamic: dynamic, nulls: $0) }
  }
}

/// The recorded responses that lie beside the repository; empty where they do not.
enum Recorded {
  static let names = [
    "all-types", "extreme-values", "partial-error", "truncated-64mb", "gateway-timeout", "syntax-error",
  ]

  /// Recorded answers lie beside the project where it is developed.
  private static let folder = "\(#filePath.dropLast("/Tests/RowEncodingTests/Encoding.swift".count))/../shared/wire"

  static let areThere = readFile("\(folder)/\(names[0]).json") != nil

  static func text(_ name: String) throws -> String {
    String(decoding: try #require(readFile("\(folder)/\(name).json")), as: UTF8.self)
  }
}
