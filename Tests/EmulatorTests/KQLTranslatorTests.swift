import Testing

@testable import Emulator

@Suite struct KQLTranslatorTests {
  let database: KQLDatabase
  init() throws { database = try KQLDatabase() }

  private static let bounds =
    "TimeGenerated >= datetime(2024-05-01T10:00:00Z) and TimeGenerated < datetime(2024-05-01T11:00:00.0000000Z)"

  @Test func `an export of rows bounds the table's own time column`() throws {
    let query = try database.translator.translate(
      "['Events']\n| where \(Self.bounds)\n| where (Name has \"admin\")\n| project ['TimeGenerated'], ['Name']")
    #expect(
      query.sql == """
        SELECT "TimeGenerated", "Name" FROM "Events" WHERE ("TimeGenerated" >= 638501544000000000) AND \
        ("TimeGenerated" < 638501580000000000) AND kql_has("Name", 'admin')
        """)
    #expect(query.columns == [LogColumn("TimeGenerated", .datetime), LogColumn("Name", .string)])
    #expect(try database.select(query.sql, columns: query.columns) == [["638501544000000000", "Alice Admin"]])
  }

  @Test func `a table alone gives its columns without the hidden ones`() throws {
    let query = try database.translator.translate("Events")
    #expect(query.columns == KQLDatabase.events.columns)
    #expect(try database.run("['Events']").count == 3)
  }

  @Test func `a count is a single row`() throws {
    #expect(try database.run("['Events']\n| where \(Self.bounds)\n| summarize count()") == [["2"]])
    #expect(try database.translator.translate("Events | summarize count()").columns == [LogColumn("count_", .long)])
    #expect(try database.translator.translate("Events | count").columns == [LogColumn("Count", .long)])
  }

  @Test func `counts by bin come with the bytes billed`() throws {
    let kql = """
      ['Events']
      | where TimeGenerated >= datetime(2024-05-01T10:00:00Z) and TimeGenerated < datetime(2024-05-01T12:00:00Z)
      | where (\(Self.bounds)) or (TimeGenerated >= datetime(2024-05-01T11:00:00Z) and TimeGenerated < datetime(2024-05-01T12:00:00Z))
      | summarize Rows = count(), Billed = sum(_BilledSize) by Key = bin(TimeGenerated, 1h)
      """
    let query = try database.translator.translate(kql)
    #expect(query.columns == [LogColumn("Key", .datetime), LogColumn("Rows", .long), LogColumn("Billed", .real)])
    #expect(
      try database.run(kql).sorted { $0[0] < $1[0] } == [
        ["638501544000000000", "2", "300.0"], ["638501580000000000", "1", "300.0"],
      ])
  }

  @Test func `a thousand ranges make one statement`() throws {
    let ranges = (0..<1500).map {
      "(TimeGenerated >= datetime(2024-05-01T10:00:00Z) + \($0)s and TimeGenerated < datetime(2024-05-01T10:00:01Z))"
    }
    #expect(try database.run("Events | where \(ranges.joined(separator: " or ")) | count") == [["1"]])
  }

  @Test func `shards by hash partition the rows`() throws {
    let all = try database.run("Events | summarize Rows = count() by Key = hash_xxhash64(tostring(pack_all()), 4)")
    var total = 0
    for shard in 0..<4 {
      let rows = try database.run("Events | where hash_xxhash64(tostring(pack_all()), 4) == \(shard) | project Name")
      let counted = all.first { $0[0] == "\(shard)" }.map { $0[1] } ?? "0"
      #expect("\(rows.count)" == counted)
      total += rows.count
    }
    #expect(total == 3)
  }

  @Test func `a table of hundreds of columns is packed`() throws {
    let columns = [LogColumn("TimeGenerated", .datetime)] + (0..<230).map { LogColumn("Column \($0)\"", .string) }
    let values = columns.indices.map { $0 == 0 ? "638501544000000000" : "'\($0)'" }.joined(separator: ", ")
    let wide = try KQLDatabase(
      [LogTable(name: "Wide", columns: columns)], rows: ["INSERT INTO Wide VALUES (\(values))"])
    let packed = try #require(try wide.run("Wide | project tostring(pack_all())").first?.first)
    #expect(packed.hasPrefix(#"{"TimeGenerated":"2024-05-01T10:00:00.0000000Z","Column 0\"":"1","#))
    #expect(packed.hasSuffix(#","Column 229\"":"230"}"#))
    #expect(try wide.run("Wide | summarize count() by hash_xxhash64(tostring(pack_all()), 2)").count == 1)
  }

  @Test func `the probe names columns and takes no rows`() throws {
    let query = try database.translator.translate("['Events']\n| project ['Name'], ['TimeGenerated']\n| take 0")
    #expect(query.columns.map(\.name) == ["Name", "TimeGenerated"])
    #expect(try database.select(query.sql, columns: query.columns).isEmpty)
  }

  @Test func `a bag holds every type as JSON`() throws {
    let bag = try database.run("Events | where Id == 1 | project Bag = tostring(pack_all())")
    #expect(
      bag == [
        [
          #"{"TimeGenerated":"2024-05-01T10:00:00.0000000Z","Id":1,"Size":9223372036854775807,"Ratio":1.5,"#
            + #""Name":"Alice Admin","Ok":true,"Span":"01:00:00","Guid":"74be27de-1e4e-49d9-b579-fe0b331d3642","#
            + #""Bag":{"a":1,"b":{"c":"x"},"l":[1,2,3]},"Price":"10.50"}"#
        ]
      ])
  }

  @Test(arguments: [
    "Events | where TimeGenerated >= datetime(2024-05-01) and TimeGenerated < datetime(2024-05-02) and Name has 'a'",
    "Events | where TimeGenerated > ago(1d) | where TimeGenerated < now() | summarize count() by bin(TimeGenerated, 1h)",
    "Events | extend Twice = Id * 2 | where Twice > 1 | where TimeGenerated >= ago(1d) and TimeGenerated < now()",
    "Events | where TimeGenerated between (datetime(2024-05-01) .. 1d) | project Name",
    "union (Events | where Id == 1), Events | where TimeGenerated > ago(1d) and TimeGenerated <= now() | count",
  ])
  func `bounds of time reach the table's index`(kql: String) throws {
    try database.execute("CREATE INDEX ByTime ON Events (TimeGenerated)")
    let query = try database.translator.translate(kql)
    let columns = ["id", "parent", "notused", "detail"].map { LogColumn($0, .string) }
    let plan = try database.select("EXPLAIN QUERY PLAN " + query.sql, columns: columns).map { $0[3] }
    #expect(plan.contains { $0.contains("(TimeGenerated>? AND TimeGenerated<?)") }, "\(plan) of \(query.sql)")
    #expect(!plan.contains { $0.hasPrefix("SCAN Events") }, "\(plan) of \(query.sql)")
  }
}
