/// The words that generated rows are made of.
enum Vocabulary {
  /// A list by its name; nil where there is none.
  static func list(_ name: String) -> [[UInt8]]? { lists[name] }

  /// Of running text.
  static let words = bytes(
    """
    the account failed to complete because of a policy that request was denied session token expired service host \
    network connection to remote closed after timeout user changed password object access granted audit failure \
    Prüfung größe naïve résumé данные 日本語 ✓ “quoted” it's 50% C:\\Temp
    """)

  private static let lists = [
    "word": bytes(
      "audit backup chrome contoso delta exchange fabrikam ledger northwind payroll sensor telemetry wingtip"),
    "user": bytes(
      "a.baker b.okafor c.ivanova d.tanaka e.mueller f.rossi g.silva svc-backup svc-sql WEB01$ administrator"),
    "person": bytes("Åsa_Öberg José_Núñez Zoë_Brontë Иван_Петров 山田_太郎 Fatma_Şahin O'Brien_Kate Anna_Schmidt")
      .map { $0.map { $0 == UInt8(ascii: "_") ? 0x20 : $0 } },
    "host": bytes("dc01 dc02 web01 web02 sql01 file01 jump01 ws-0017 ws-0042 ws-0108 ws-0233 k8s-node-3"),
    "domain": bytes("CONTOSO FABRIKAM NORTHWIND WORKGROUP"),
    "process": bytes("svchost.exe lsass.exe powershell.exe explorer.exe chrome.exe services.exe w3wp.exe sqlservr.exe"),
    "city": bytes("Zürich München São_Paulo Kraków 東京 Reykjavík Łódź Berlin")
      .map { $0.map { $0 == UInt8(ascii: "_") ? 0x20 : $0 } },
  ]

  private static func bytes(_ text: String) -> [[UInt8]] { text.split(separator: " ").map { Array($0.utf8) } }
}
