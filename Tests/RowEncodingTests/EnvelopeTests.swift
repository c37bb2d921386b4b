import RowEncoding
import Testing

@Suite struct EnvelopeTests {
  private static let columns = #""columns":[{"name":"A","type":"long"}]"#
  private static let problem =
    #""error":{"code":"PartialError","message":"m","details":[{"code":"EngineError","message":"d","innererror":{"code":"-2133196797","message":"i"}}]}"#

  @Test(arguments: [
    #"{"tables":[{"name":"T",\#(columns),"rows":[[1]]}]}"#,
    #"{"tables":[{\#(columns),"name":"T","rows":[[1]],"later":{"x":[]}}]}"#,
    #"{"render":{"a":null},"statistics":{"b":[1,{}]},"tables":[{\#(columns),"rows":[[1]]}]}"#,
    #"{"tables":[{\#(columns),"rows":[[1]]}],"render":{},"statistics":{"q":{"r":1.5}},"error":null,"new":[true]}"#,
    #"{"tables":[{\#(columns),"rows":[[1]]},{"name":"Second","columns":[],"rows":[["x"]]},{}]}"#,
    #"{"tables":[{"columns":[{"type":"long","ordinal":0,"name":"A"}],"rows":[[1]]}]}"#,
    #"{"t\u0061bles":[{\#(columns),"r\u006fws":[[1]]}]}"#,
    " {\n\"tables\"\t:\r\n[ { \"columns\" : [ { \"name\" : \"A\" , \"type\" : \"long\" } ] , \"rows\" : [ [ 1 ] ] } ] } \n ",
  ])
  func `members of any name and order surround the rows`(document: String) {
    let outcome = encode(document)
    #expect(outcome.text == "{\"A\":1}\n")
    #expect(outcome.summary?.rows == 1)
    #expect(outcome.summary?.rawBytes == document.utf8.count)
    #expect(outcome.summary?.columns == [ResponseColumn(name: "A", type: "long")])
    #expect(outcome.summary?.error == nil)
  }

  @Test(arguments: [
    #"{"tables":[{\#(columns),"rows":[[1]]}],\#(problem)}"#, #"{\#(problem),"tables":[{\#(columns),"rows":[[1]]}]}"#,
    #"{"tables":[{\#(columns),"rows":[[1]],\#(problem)}]}"#, #"{"tables":[{\#(columns),\#(problem),"rows":[[1]]}]}"#,
  ])
  func `an error beside the rows is found before and after them`(document: String) {
    let outcome = encode(document)
    #expect(outcome.text == "{\"A\":1}\n")
    #expect(
      outcome.summary?.error
        == ServiceError(code: "PartialError", message: "m", innerCode: "-2133196797", innerMessage: "i"))
    #expect(outcome.summary?.error?.isTruncation == true)
  }

  @Test(arguments: [
    (#"{"code":"A","message":"m"}"#, ServiceError(code: "A", message: "m")),
    (#"{"code":"A","message":"m","innererror":{"code":"B"}}"#, ServiceError(code: "A", message: "m", innerCode: "B")),
    (
      #"{"code":"A","message":"m","details":[],"innererror":{"code":-7,"message":"i"}}"#,
      ServiceError(code: "A", message: "m", innerCode: "-7", innerMessage: "i")
    ),
    (
      #"{"code":"A","message":"m","innererror":{"code":"B","message":"i","innererror":{"code":"C"}}}"#,
      ServiceError(code: "A", message: "m", innerCode: "C", innerMessage: "i")
    ),
    (#""text""#, ServiceError(code: "", message: "")),
  ])
  func `the innermost cause names an error`(member: String, expected: ServiceError) {
    let outcome = encode("{\"error\":\(member)}")
    #expect(outcome.text == "")
    #expect(outcome.summary?.error == expected)
  }

  @Test func `an error without any table is no row`() {
    #expect(encode(#"{"tables":[],\#(Self.problem)}"#).summary?.rows == 0)
    #expect(encode(#"{\#(Self.problem)}"#, EncodingOptions(format: .json)).summary?.error?.code == "PartialError")
  }

  @Test(arguments: [
    (#"{"tables":[{\#(columns),"rows":[[1]]}],"tables":[{\#(columns),"rows":[[2]]}]}"#, "tables"),
    (#"{"tables":[{\#(columns),"rows":[[1]],"rows":[[2]]}]}"#, "rows"),
    (#"{"tables":[{\#(columns),"rows":[[1]],"columns":[]}]}"#, "columns"),
    (#"{"tables":[{\#(columns),\#(columns),"rows":[[1]]}]}"#, "two columns are named 'A'"),
  ])
  func `members that would hide rows are refused`(document: String, reason: String) {
    #expect(encode(document).error?.reason.contains(reason) == true)
  }

  @Test(.enabled(if: Recorded.areThere, "../shared/wire is not there"), arguments: Recorded.names)
  func `the recorded responses are read as they are`(name: String) throws {
    let document = try Recorded.text(name)
    let summary = encode(document).summary
    switch name {
    case "all-types":
      #expect(summary?.rows == 3 && summary?.columns.count == 12 && summary?.error == nil)
      let line = encode(document).text?.split(separator: "\n").first
      #expect(line?.hasSuffix(#""Decimal":"0.10101","Dynamic":{"a":123,"b":"hello","c":[1,2,3],"d":{}}}"#) == true)
    case "extreme-values": #expect(encode(document).text?.contains(#""XReal":1.7976931348623157e+308,"#) == true)
    case "partial-error":
      #expect(summary?.error?.innerCode == "-2133196788" && summary?.error?.isTruncation == false)
    case "truncated-64mb": #expect(summary?.rows == 2 && summary?.error?.isTruncation == true)
    default: #expect(summary?.rows == 0 && summary?.error?.code.isEmpty == false)
    }
  }
}
