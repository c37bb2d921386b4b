import Testing
@testable import RowEncoding

/// What an encoder made of a document.
enum Outcome: Equatable {
  case encoded([UInt8], ResponseSummary)
  case refused(RowEncodingError)

  var text: String? {
    guard case .encoded(let bytes, _) = self else { return nil }
    return String(decoding: bytes, as: UTF8.self)
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

/// Encodes a document that comes in the given chunks.
func encode(_ chunks: [[UInt8]], _ options: EncodingOptions) -> Outcome {
  var encoder = RowEncoder(options)
  var output: [UInt8] = []
  do throws(RowEncodingError) {
    for chunk in chunks { try encoder.feed(chunk, into: &output) }
    let summary = try encoder.finish(into: &output)
    return .encoded(output, summary)
  } catch { return .refused(error) }
}

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
