import Testing

@testable import Emulator

/// What the service refuses, and how it says so.
@Suite struct KQLErrorTests {
  private func error(_ kql: String) throws -> KQLError {
    let translator = KQLTranslator(tables: ["Events": KQLDatabase.events], now: KQLDatabase.now)
    var caught: KQLError?
    do throws(KQLError) {
      _ = try translator.translate(kql)
    } catch {
      caught = error
    }
    return try #require(caught, "\(kql) was taken")
  }

  @Test func `a query that does not parse is answered as the service answered it`() throws {
    // The query and the answer of a recorded exchange.
    #expect(
      try error("not a valid query").innerError == """
        {"code":"SyntaxError","message":"A recognition error occurred in the query.",\
        "innererror":{"code":"SYN0002","message":"Query could not be parsed at 'a' on line [1,4]",\
        "line":1,"pos":4,"token":"a"}}
        """)
    #expect(
      try error("not a").body.hasPrefix(
        "{\"error\":{\"message\":\"The request had some invalid properties\",\"code\":\"BadArgumentError\","))
  }

  @Test(arguments: [
    ("Events\n| where TimeGenerated > ago(1h) | badtoken", 2, 34, "badtoken"), ("Events |", 1, 8, ""),
    ("Events | where", 1, 14, ""), ("Events | where Id ==", 1, 20, ""), ("Events | where (Id == 1", 1, 23, ""),
    ("Events | where Id = 1", 1, 18, "="), ("Events | where Id == 1 2", 1, 23, "2"), ("Events | project", 1, 16, ""),
    ("Events | take", 1, 13, ""), ("Events | take -1", 1, 14, "-"), ("Events\n\n| take x", 3, 7, "x"),
    ("Events | where Name == 'unterminated", 1, 23, "'unterminated"), ("Events | where Name == \"a\\q\"", 1, 25, "\\q"),
    ("Events | where Id == 5parsecs", 1, 21, "5parsecs"), ("Events | where 'é' == # 1", 1, 22, "#"),
    ("Events | where Id == 9223372036854775808", 1, 21, "9223372036854775808"),
    ("Events | where TimeGenerated > datetime(2024-13-01)", 1, 31, "datetime(2024-13-01)"),
    ("Events | where Id between (1, 2)", 1, 28, ","), ("Events | sort Id", 1, 14, "Id"),
    ("Events extra", 1, 7, "extra"),
    ("Events | summarize count() by", 1, 29, ""), ("Events; | take 1", 1, 8, "|"),
  ])
  func `a syntax error says where it is`(kql: String, line: Int, position: Int, token: String) throws {
    #expect(try error(kql).kind == .syntax(code: "SYN0002", line: line, position: position, token: token))
  }

  @Test(arguments: [
    ("Nope", "SEM0100", "Failed to resolve table or column expression named 'Nope'"),
    (
      "['Nope']\n| where Id == 1", "SEM0100",
      "'where' operator: Failed to resolve table or column expression named 'Nope'"
    ),
    ("events | take 1", "SEM0100", "'take' operator: Failed to resolve table or column expression named 'events'"),
    (
      "Events | where Nope == 1", "SEM0100",
      "'where' operator: Failed to resolve column or scalar expression named 'Nope'"
    ),
    (
      "Events | project ['Nope']", "SEM0100",
      "'project' operator: Failed to resolve column or scalar expression named 'Nope'"
    ),
    (
      "Events | project-away Nope", "SEM0100",
      "'project-away' operator: Failed to resolve column or scalar expression named 'Nope'"
    ),
    (
      "Events | project Name | where Id == 1", "SEM0100",
      "'where' operator: Failed to resolve column or scalar expression named 'Id'"
    ),
    (
      "Events | summarize count() by id", "SEM0100",
      "'summarize' operator: Failed to resolve column or scalar expression named 'id'"
    ),
    ("Events | where nope(Id)", "SEM0260", "Unknown function: 'nope'."),
    ("Events | where ToLower(Name) == 'a'", "SEM0260", "Unknown function: 'ToLower'."),
    ("Events | where parse_xml(Name).a == 1", "SEM0260", "Unknown function: 'parse_xml'."),
    ("Events | summarize percentile(Id, 50)", "SEM0260", "Unknown function: 'percentile'."),
    (
      "Events | where Name == 1", "SEM0064",
      "'where' operator: Cannot compare values of types string and long. Try adding explicit casts"
    ),
    (
      "Events | where Id == '1'", "SEM0064",
      "'where' operator: Cannot compare values of types int and string. Try adding explicit casts"
    ),
    (
      "Events | where TimeGenerated > 1h", "SEM0064",
      "'where' operator: Cannot compare values of types datetime and timespan. Try adding explicit casts"
    ),
    (
      "Events | where TimeGenerated > '2024-05-01'", "SEM0064",
      "'where' operator: Cannot compare values of types datetime and string. Try adding explicit casts"
    ),
    (
      "Events | where Name < 'b'", "SEM0064",
      "'where' operator: Cannot compare values of types string and string. Try adding explicit casts"
    ),
    (
      "Events | where Bag == Bag", "SEM0064",
      "'where' operator: Cannot compare values of types dynamic and dynamic. Try adding explicit casts"
    ),
    (
      "Events | where Name in (1, 2)", "SEM0064",
      "'where' operator: Cannot compare values of types string and long. Try adding explicit casts"
    ),
    (
      "Events | where TimeGenerated + TimeGenerated > now()", "SEM0019",
      "'where' operator: Arithmetic expression cannot be carried-out between datetime and datetime"
    ),
    (
      "Events | mv-expand Bag", "SEM0001",
      "'mv-expand' operator: The operator 'mv-expand' is not supported by the emulator"
    ),
    ("Events | join Events on Id", "SEM0001", "'join' operator: The operator 'join' is not supported by the emulator"),
    ("search 'x'", "SEM0001", "'search' operator: The operator 'search' is not supported by the emulator"),
    ("workspace('x').Events", "SEM0001", "The function 'workspace' is not supported by the emulator"),
    ("Events | project A = Id, A = Name", "SEM0150", "'project' operator: A column named 'A' already exists"),
    ("Events | where strlen() > 1", "SEM0219", "strlen(): function expects 1 argument(s)."),
    ("Events | where Name", "SEM0001", "'where' operator: A boolean expression was expected, not one of type string"),
    ("Events | where Name matches regex '('", "SEM0420", "'where' operator: Regex pattern is ill-formed: '('"),
    (
      "Events | summarize arg_max(Id, Name), R = max(Size) - 1", "SEM0001",
      "'summarize' operator: The emulator has arg_max and arg_min only once, and not beside max and min"
    ),
    ("", "SEM0523", "The query has no tabular expression statement to run."),
  ])
  func `a semantic error names what is wrong`(kql: String, code: String, message: String) throws {
    #expect(try error(kql).kind == .semantic(code: code, message: message))
  }

  @Test func `deep nesting is refused and does not overrun the stack`() throws {
    let kql = "Events | where " + String(repeating: "(", count: 5000) + "true" + String(repeating: ")", count: 5000)
    guard case .semantic = try error(kql).kind else { return #expect(Bool(false), "no semantic error") }
    for link in [" + 1", ".a", " * 2", "[0]"] {
      let chain = "print Bag" + String(repeating: link, count: 5000)
      guard case .semantic = try error(chain).kind else { return #expect(Bool(false), "no semantic error") }
    }
    let minus = "print " + String(repeating: "-", count: 5000) + "Id"
    guard case .semantic = try error(minus).kind else { return #expect(Bool(false), "no semantic error") }
  }
}
