internal import FoundationEssentials

/// An answer of few rows, decoded whole: counts and schemas.
package struct SmallTable: Sendable {
  package var columns: [String]
  package var rows: [[Scalar]]
  /// The `error` member of an incomplete answer, in one line, and its innermost code.
  package var error: (text: String, innerCode: String)?

  /// One value; integers are exact.
  package enum Scalar: Sendable, Equatable {
    case null
    case integer(Int64)
    case real(Double)
    case bool(Bool)
    case text(String)
  }

  /// Throws where the body is no answer of the query service.
  package init(_ body: [UInt8]) throws(AzureError) {
    guard !body.isEmpty else {
      throw AzureError(.invalidResponse, "the query service answered with an empty body")
    }
    let decoded: Body
    do { decoded = try JSONDecoder().decode(Body.self, from: Data(body)) } catch {
      throw AzureError(.invalidResponse, "the answer of the query service cannot be read")
    }
    if decoded.error != nil {
      // An error of another shape is an error all the same.
      let failure = ServiceErrorBody(body)
      error = (failure?.text ?? "an error that cannot be read", failure?.error?.innermost.code ?? "")
    }
    guard let table = decoded.tables?.first else {
      guard error != nil else {
        throw AzureError(.invalidResponse, "the answer of the query service holds no table")
      }
      (columns, rows) = ([], [])
      return
    }
    columns = table.columns.map(\.name)
    rows = table.rows
    guard rows.allSatisfy({ $0.count == columns.count }) else {
      throw AzureError(.invalidResponse, "the answer of the query service has rows of another width than its columns")
    }
  }

  private struct Body: Decodable {
    struct Column: Decodable { var name: String }
    struct Table: Decodable {
      var columns: [Column]
      var rows: [[Scalar]]
    }
    /// Anything at all.
    struct Presence: Decodable { init(from decoder: any Decoder) throws {} }
    var tables: [Table]?
    var error: Presence?
  }
}

extension SmallTable.Scalar: Decodable {
  package init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    // Each attempt says only whether the value is of that type.
    if value.decodeNil() {
      self = .null
    } else if let integer = try? value.decode(Int64.self) {
      self = .integer(integer)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else if let bool = try? value.decode(Bool.self) {
      self = .bool(bool)
    } else {
      self = .real(try value.decode(Double.self))
    }
  }
}
