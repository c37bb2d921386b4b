import Testing

@testable import Emulator

@Suite struct KQLOperatorTests {
  let database: KQLDatabase
  init() throws { database = try KQLDatabase() }

  @Test(arguments: [
    ("Events | sort by Id | project Id", [["2"], ["1"], ["null"]]),
    ("Events | order by Id asc | project Id", [["null"], ["1"], ["2"]]),
    ("Events | sort by Id desc nulls first | project Id", [["null"], ["2"], ["1"]]),
    ("Events | sort by Id asc nulls last | project Id", [["1"], ["2"], ["null"]]),
    ("Events | sort by Price asc | project Id", [["null"], ["2"], ["1"]]),
    ("Events | top 1 by TimeGenerated | project Id", [["null"]]),
    ("Events | top 2 by Id asc nulls last | project Id", [["1"], ["2"]]),
    ("Events | sort by Id | take 1 | where Id == 1 | count", [["0"]]),
    ("Events | where Id == 1 | take 1 | count", [["1"]]),
    ("Events | take 2 | summarize count()", [["2"]]), ("Events | limit 5 | take 2 | count", [["2"]]),
    ("Events | where Name has tostring(split(Name, ' ')[1]) and isnotempty(Name) | count", [["2"]]),
    (
      "Events | extend name = tolower(Name) | where name == 'alice admin' | project Name, name",
      [["Alice Admin", "alice admin"]]
    ),
    ("Events | summarize Name = min(Id), name = max(Id) | extend d = name - Name | project d", [["1"]]),
    ("datatable(a: long, A: long) [1, 2] | where A == 2 | project a", [["1"]]),
    ("union (print a = 1), (print A = 2), (print a = 'x') | where A == 2 | count", [["1"]]),
    ("Events | sort by Id asc | extend Id = 0 - Id | project Id", [["null"], ["-1"], ["-2"]]),
    ("Events | sort by Id asc | project Id = 0 - Id | where isnotnull(Id) | take 1", [["-1"]]),
    (
      "Events | where isnotnull(Id) | project Id, K = -Id | sort by K asc | project K = Id, L = K + 1 | where L < 9 | project K",
      [["2"], ["1"]]
    ),
    ("Events | where false | summarize arg_max(TimeGenerated, Name), take_any(Guid)", [["null", "", "null"]]),
    ("Events | where false | summarize count() by Name", []),
    ("Events | where false | summarize sum(Size), Name = take_any(Name)", [["0", ""]]),
    ("Events | summarize take_any(Name)", [["Alice Admin"]]), ("Events | summarize take_any(*) | project Id", [["1"]]),
    ("Events | summarize take_any(Name, Ok) by Big = Id > 1 | where Big | project Name, Ok", [["bob O'Neil", "0"]]),
    ("Events | take 0", []),
    ("Events | sort by Id asc nulls last | extend N = Id + 1 | where N > 0 | project Id", [["1"], ["2"]]),
    ("Events | sort by Id desc | extend N = Id + 1 | where N > 0 | project N", [["3"], ["2"]]),
    ("Events | sort by TimeGenerated desc | project Id | take 2 | where isnull(Id) or Id > 0", [["null"], ["2"]]),
    (
      "Events | sort by Name desc | extend K = 1 | extend L = K + 1 | where L == 2 | project-away K, L | take 1 | project Id",
      [["2"]]
    ),
    ("Events | project Id, _BilledSize | where Id == 2", [["2", "200.0"]]),
    ("Events | extend B = _BilledSize | where Id == 1 | project B", [["100.0"]]),
    ("Events | extend A = Id + 1 | extend B = A * A | where B > 5 | project A, B", [["3", "9"]]),
    ("Events | where Id == 1 | extend Id = Id * 10 | project Id", [["10"]]),
    ("Events | where Id == 1 | project A = Id, B = Id | project C = A + B", [["2"]]),
    ("Events | where Id == 1 | project Name, Bag.b.c, Bag['a']", [["Alice Admin", #""x""#, "1"]]),
    ("Events | where Bag.a == 2 | project Id", [["2"]]), ("Events | where Bag.b.c == 'x' | project Id", [["1"]]),
    ("Events | where array_length(Bag.l) > 2 | project Id", [["1"]]),
    ("Events | where tostring(Bag.b) has 'y' | project Id", [["2"]]),
    ("Events | distinct Name | sort by Name asc", [[""], ["Alice Admin"], ["bob O'Neil"]]),
    ("Events | extend K = 1 | distinct K", [["1"]]), ("Events | distinct * | count", [["3"]]),
    (
      "Events | summarize sum(Size), max(Ratio), countif(Ok) by Big = Id > 1 | sort by Big asc",
      [["null", "0", "null", "0"], ["0", "9223372036854775807", "1.5", "1"], ["1", "-5", "-2.25", "0"]]
    ),
    ("Events | summarize sum(Size + 10)", [["-9223372036854775794"]]),
    ("Events | summarize arg_max(TimeGenerated, Name)", [["638501580000000000", ""]]),
    ("Events | summarize arg_min(TimeGenerated, *) | project Name", [["Alice Admin"]]),
    (
      "Events | summarize dcount(Name), dcountif(Name, Id > 0), sumif(Id, Ok), make_set(Id)",
      [["3", "2", "1", "[1,2]"]]
    ),
    ("Events | summarize R = sum(Id) * 1.0 / count()", [["1.0"]]),
    ("Events | summarize avg(Span), min(Price), max(Price), sum(Price)", [["17995000000", "9.75", "10.50", "20.25"]]),
    ("Events | summarize take_any(Name) by Id | where Id == 2", [["2", "bob O'Neil"]]),
    ("Events | count | extend Twice = Count * 2", [["3", "6"]]),
    (
      "Events | summarize count() by bin(TimeGenerated, 1h) | sort by TimeGenerated asc",
      [["638501544000000000", "2"], ["638501580000000000", "1"]]
    ),
    ("union Events, Events | count", [["6"]]),
    ("Events | union (Events | where Id == 1) | where Id == 1 | count", [["2"]]),
    ("print a = 1, b = 'x'", [["1", "x"]]), ("let n = 1; let E = Events | where Id > n; E | project Id", [["2"]]),
    ("let T = Events; T | count", [["3"]]),
    ("datatable(a: long, b: string) [1, 'x', 2, 'y'] | where a == 2", [["2", "y"]]),
    ("Events | where Id == 1 | project Id | render table", [["1"]]),
    ("Events | project Id, Name | getschema | project ColumnName, ColumnType", [["Id", "int"], ["Name", "string"]]),
    ("Events | where isnull(Id) | project strcat(Name, '!'), tostring(Size)", [["!", ""]]),
    ("// first\nEvents // second\n| count;", [["3"]]),
    (
      "Events | where Name has 'admin' and Id in (1, 2, 3) and TimeGenerated between (datetime(2024-05-01) .. 1d) | count",
      [["1"]]
    ),
    ("Events | where Guid == guid(74be27de-1e4e-49d9-b579-fe0b331d3642) | project Id", [["1"]]),
    ("Events | where Span < 0s | project Id", [["2"]]),
  ])
  func `an operator does to the rows what KQL's does`(kql: String, expected: [[String]]) throws {
    #expect(try database.run(kql) == expected)
  }

  @Test(arguments: [
    (
      "Events | summarize count(), sum(Id), dcount(Name), max(Id), avg(Ratio), countif(Ok), make_set(Id), make_list(Id) by bin(TimeGenerated, 1h), Name",
      [
        "TimeGenerated", "Name", "count_", "sum_Id", "dcount_Name", "max_Id", "avg_Ratio", "countif_", "set_Id",
        "list_Id",
      ]
    ),
    ("Events | summarize by tostring(Bag.b.c), Id + 1", ["Bag_b_c", "Column1"]),
    ("Events | summarize count(), count()", ["count_", "count_1"]),
    ("Events | project Id, Id + 1, strcat(Name, 'x'), A = Id", ["Id", "Column1", "Column2", "A"]),
    ("print 1, x = 2", ["print_0", "x"]),
    (
      "Events | extend X = 1, Id = 2 | project-away TimeGenerated, *a*, Bag",
      ["Size", "Ok", "Guid", "Price", "X", "Id"]
    ),
    ("Events | project-keep Name, I*", ["Id", "Name"]),
    ("Events | project Id, Name | project-rename N = Name", ["Id", "N"]),
    ("Events | project Id, Name, Ok | project-reorder Ok", ["Ok", "Id", "Name"]),
    ("Events | summarize arg_max(TimeGenerated, Id, Name) by Ok", ["Ok", "TimeGenerated", "Id", "Name"]),
  ])
  func `columns bear the names that KQL gives them`(kql: String, names: [String]) throws {
    let query = try database.translator.translate(kql)
    #expect(query.columns.map(\.name) == names)
    _ = try database.select(query.sql, columns: query.columns)
  }

  @Test func `a long pipeline is still one statement`() throws {
    let steps = (0..<60).map { "| extend C\($0) = Id + \($0) | where C\($0) > 0 | take 10" }.joined(separator: "\n")
    #expect(try database.run("Events\n\(steps)\n| count") == [["2"]])
  }

  @Test func `a string literal reaches SQLite whole`() throws {
    for text in ["'", "''; DROP TABLE Events; --", "\"", "\\", "é😀", "%_", "a\u{0}b"] {
      let literal = text.unicodeScalars.map { scalar in
        switch scalar {
        case "\"", "\\": "\\\(scalar)"
        case "\0": "\\0"
        default: String(scalar)
        }
      }.joined()
      let length = try database.run("print strlen(\"\(literal)\")")
      #expect(length == [["\(text.unicodeScalars.count)"]], "\(text)")
      #expect(try database.run("Events | where Name == \"\(literal)\" | count") == [["0"]])
    }
    #expect(try database.run("Events | count") == [["3"]])
  }

  @Test func `names with quotes in them are quoted`() throws {
    let table = LogTable(
      name: "A \"b\" 'c'", columns: [LogColumn("TimeGenerated", .datetime), LogColumn("x\"y'", .long)])
    let odd = try KQLDatabase([table], rows: ["INSERT INTO \"A \"\"b\"\" 'c'\" VALUES (1, 2)"])
    #expect(try odd.run(#"['A "b" \'c\''] | where ['x"y\''] == 2 | project ['x"y\'']"#) == [["2"]])
  }
}
