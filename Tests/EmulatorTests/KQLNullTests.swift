import Testing

@testable import Emulator

/// The cases of Kusto's documentation, "Null values" and "Logical operators".
@Suite struct KQLNullTests {
  @Test(arguments: [
    ("int(null) == 0", "0"), ("int(null) != 0", "1"), ("int(null) == int(null)", "null"),
    ("int(null) != int(null)", "null"), ("0 == int(null)", "0"), ("0 != int(null)", "1"),
    ("real(null) == 0.0", "0"), ("real(null) != 0.0", "1"), ("real(null) == real(null)", "null"),
    ("decimal(null) == decimal(1)", "0"), ("decimal(null) != decimal(1)", "1"),
    ("datetime(null) != datetime(2024-01-01)", "1"), ("guid(null) == guid(null)", "null"),
    ("int(null) > 3", "null"), ("int(null) <= 3", "null"), ("real(null) < 3.0", "null"),
    ("int(null) > 3 or isnull(int(null))", "1"), ("bool(null) and false", "0"), ("bool(null) and true", "null"),
    ("bool(null) or true", "1"), ("bool(null) or false", "null"), ("not(bool(null))", "null"),
    ("not(int(null) == 5)", "1"), ("not(int(null) != 5)", "0"), ("int(null) in (1, 2)", "0"),
    ("int(null) !in (1, 2)", "1"), ("int(null) between (1 .. 2)", "null"), ("int(null) !between (1 .. 2)", "null"),
    ("int(null) + 10", "null"), ("int(null) * 10", "null"), ("long(null) - 1", "null"), ("1 / int(null)", "null"),
    ("datetime(null) + 1h", "null"), ("isnull(int(null))", "1"), ("isnotnull(int(null))", "0"),
    ("isnull(\"\")", "0"), ("isempty(\"\")", "1"), ("isempty(\" \")", "0"), ("isempty(int(null))", "1"),
    ("isnotempty(int(0))", "1"), ("tostring(int(null))", ""), ("strlen(tostring(long(null)))", "0"),
    ("isnull(1 !in (2, 3))", "0"), ("isnull('a' !has 'b')", "0"), ("(1 !in (2)) == false", "0"),
  ])
  func `a null in an expression gives what the documentation says`(expression: String, expected: String) throws {
    #expect(try KQLDatabase().scalar(expression) == expected)
  }

  @Test(arguments: [
    ("Size == 0", 0), ("Size != 0", 3), ("not(Size == 0)", 3), ("not(Size != -5)", 1), ("Size > 0", 1),
    ("not(Size > 0)", 1), ("isnull(Size)", 1), ("Ok", 1), ("not(Ok)", 1), ("Ok == false", 1), ("Ok != true", 2),
    ("Size == Size", 2), ("Size != Size", 0), ("Name != ''", 2), ("Name == ''", 1), ("isnull(Name)", 0),
    ("Id in (1, 2)", 2), ("Id !in (1)", 2), ("Id between (1 .. 2)", 2), ("Id !between (1 .. 1)", 1),
    ("Id > 1 or isnull(Id)", 2), ("Size != 0 and Ratio != 0", 3), ("Price != decimal(10.5)", 2),
  ])
  func `where takes a row whose predicate is true, and no null`(predicate: String, rows: Int) throws {
    #expect(try KQLDatabase().run("Events | where \(predicate)").count == rows)
  }

  @Test func `aggregates pass nulls over`() throws {
    let rows = try KQLDatabase().run(
      "Events | summarize count(), sum(Id), min(Id), max(Id), avg(Id), dcount(Id), countif(Id != 1), make_list(Id)")
    #expect(rows == [["3", "3", "1", "2", "1.5", "2", "2", "[1,2]"]])
  }

  @Test func `aggregates of no rows are zero, empty or null`() throws {
    let rows = try KQLDatabase().run(
      "Events | where false | summarize count(), sum(Id), sum(Ratio), min(Id), avg(Id), dcount(Id), make_set(Name)")
    #expect(rows == [["0", "0", "0.0", "null", "null", "0", "[]"]])
  }
}
