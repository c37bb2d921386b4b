import RowEncoding
import Testing

@Suite struct ResponseTableTests {
  private static let a = #""columns":[{"name":"a","type":"long"}]"#

  private func decode(_ text: String) throws(RowEncodingError) -> ResponseTable { try ResponseTable(Array(text.utf8)) }

  @Test func `values keep their kind and their digits`() throws {
    let decoded = try decode(
      #"{"tables":[{"name":"PrimaryResult","columns":[{"name":"a","type":"long"},{"name":"b","type":"real"},{"name":"c","type":"bool"},{"name":"d","type":"string"},{"name":"e","type":"real"}],"rows":[[9223372036854775807,1.5,true,"x","NaN"], [ -9223372036854775808 , null , false , "\u0031\n" , null ] ]}]}"#
    )
    #expect(decoded.columns.map(\.name) == ["a", "b", "c", "d", "e"])
    #expect(
      decoded.rows == [
        [.integer(.max), .real(1.5), .bool(true), .text("x"), .text("NaN")],
        [.integer(.min), .null, .bool(false), .text("1\n"), .null],
      ])
    #expect(decoded.error == nil)
  }

  @Test(arguments: [
    ("0", ResponseTable.Value.integer(0)), ("-0", .integer(0)), ("9007199254740993", .integer(9_007_199_254_740_993)),
    ("9223372036854775808", .real(9_223_372_036_854_775_808)), ("1.0", .real(1)), ("1e3", .real(1000)),
    ("1.7976931348623157e+308", .real(.greatestFiniteMagnitude)), ("-1.5E-3", .real(-0.0015)), (#""""#, .text("")),
    (#""Infinity""#, .text("Infinity")),
  ])
  func `numbers are exact where they are integers`(_ text: String, _ value: ResponseTable.Value) throws {
    #expect(try decode(#"{"tables":[{\#(Self.a),"rows":[[\#(text)]]}]}"#).rows == [[value]])
  }

  @Test(arguments: [
    "", " ", "{}", "[]", "null", #"{"tables":[]}"#, #"{"tables":null}"#, #"{"error":null}"#, "<html>",
    #"{"tables":[{\#(a),"rows":[[1,2]]}]}"#, #"{"tables":[{\#(a),"rows":[[]]}]}"#,
    #"{"tables":[{\#(a),"rows":[[1]]}"#, #"{"tables":[{\#(a),"rows":[1]}]}"#, #"{"tables":[{\#(a)}]}"#,
    #"{"tables":[{\#(a),"rows":[[1],]}]}"#, #"{"tables":[{\#(a),"rows":[[1,]]}]}"#,
    #"{"tables":[{\#(a),"rows":[[01]]}]}"#, #"{"tables":[{\#(a),"rows":[[1e999]]}]}"#,
    #"{"tables":[{\#(a),"rows":[[{}]]}]}"#, #"{"tables":[{\#(a),"rows":[[[1]]]}]}"#,
    #"{"tables":[{\#(a),"rows":[["x]]}]}"#, #"{"tables":[{\#(a),"rows":[[1]]}]} {}"#,
    #"{"tables":[{\#(a),"rows":[[1]],"rows":[]}]}"#, #"{"tables":[{"rows":[[1]],\#(a)}]}"#,
  ])
  func `what is no answer is never an empty result`(_ text: String) {
    #expect(throws: RowEncodingError.self) { try decode(text) }
  }

  @Test func `an answer that ends anywhere is no answer`() throws {
    let text = #"{"tables":[{\#(Self.a),"rows":[[1],[-2.5e1],["t\u0041"],[null]]}],"error":{"code":"x"}}"#
    let bytes = Array(text.utf8)
    #expect(try ResponseTable(bytes).rows.count == 4)
    for count in bytes.indices { #expect(throws: RowEncodingError.self) { try ResponseTable(Array(bytes[..<count])) } }
  }

  @Test func `a fault is told with its place`() {
    let text = #"{"tables":[{\#(Self.a),"rows":[[1],[2],[x]]}]}"#
    let error = #expect(throws: RowEncodingError.self) { try decode(text) }
    #expect(error?.row == 2)
    #expect(error?.offset == text.utf8.count - 6)
  }

  @Test func `a table without rows is an empty result`() throws {
    #expect(try decode(#"{"tables":[{"name":"T",\#(Self.a),"rows":[ ]}]}"#).rows.isEmpty)
  }

  @Test(arguments: [
    (#"{"code":"PartialError","message":"m"}"#, nil, "PartialError: m"),
    (#""some text""#, nil, "an error that cannot be read"), ("{}", nil, "an error that cannot be read"),
    ("[1]", nil, "an error that cannot be read"),
    (
      #"{"code":"PartialError","message":"m","details":[{"code":"E","message":"e","innererror":{"code":-2133196797,"message":"i"}}]}"#,
      "-2133196797", "PartialError -2133196797: m: i"
    ),
  ])
  func `an error of whatever shape makes the answer incomplete`(
    _ error: String, _ code: String?, _ description: String
  ) throws {
    let decoded = try decode(#"{"tables":[{\#(Self.a),"rows":[[1]]}],"error":\#(error)}"#)
    let found = try #require(decoded.error)
    #expect(found.innerCode == code)
    #expect(found.description == description)
    #expect(decoded.rows.count == 1)
  }

  @Test func `a refusal is an error and nothing else`() {
    func refusal(_ text: String) -> ServiceError? { ServiceError(refusal: Array(text.utf8)) }
    #expect(
      refusal(#"{"error":{"message":"outer","code":"A","innererror":{"code":"SEM0100","message":"inner"}}}"#)
        == ServiceError(code: "A", message: "outer", innerCode: "SEM0100", innerMessage: "inner"))
    for text in ["", "<html>", "{}", #"{"error":null}"#, #"{"error":{"code":"A""#] { #expect(refusal(text) == nil) }
  }

  @Test(.enabled(if: Recorded.areThere, "../shared/wire is not there"), arguments: Recorded.names)
  func `the recorded responses are read`(name: String) throws {
    let table = try decode(try Recorded.text(name))
    switch name {
    case "all-types": #expect(table.rows.count == 3 && table.columns.count == 12 && table.error == nil)
    case "extreme-values": #expect(table.rows.joined().contains(.integer(.max)))
    case "partial-error": #expect(table.error?.innerCode == "-2133196788")
    case "truncated-64mb": #expect(table.error?.innerCode == "-2133196797")
    case "gateway-timeout":
      #expect(table.error?.code == "GatewayTimeout" && table.error?.innerCode == "GatewayTimeout")
    default: #expect(table.error?.code == "BadArgumentError" && table.error?.innerCode == "SYN0002")
    }
  }
}
