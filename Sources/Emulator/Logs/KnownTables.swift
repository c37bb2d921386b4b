/// Tables whose columns are known beforehand.
enum KnownTables {
  /// The columns of a table of the service, of those that its reference lists
  /// the ones people use; nil for any other table.
  static func columns(of table: String) -> [LogColumn]? {
    texts[table].map { text in
      text.split { $0 == " " || $0 == "\n" }.map { item in
        let parts = item.split(separator: ":")
        return LogColumn(String(parts[0]), parts.count > 1 ? ColumnType(rawValue: String(parts[1])) ?? .string : .string)
      } + [LogColumn("Type", .string)]
    }
  }

  /// Names, with `:type` where it is not string; from the Azure Monitor Logs reference.
  private static let texts = [
    "SecurityEvent": """
      TimeGenerated:datetime SourceSystem Account AccountType Computer EventSourceName Channel Task:int Level EventID:int
      Activity EventData EventOriginId EventRecordId SystemProcessId:int SystemThreadId:int SubjectUserSid
      SubjectUserName SubjectDomainName SubjectLogonId TargetUserSid TargetUserName TargetDomainName TargetLogonId
      LogonType:int LogonProcessName IpAddress IpPort WorkstationName ProcessId Process ProcessName NewProcessId
      NewProcessName ParentProcessName CommandLine Status SubStatus SourceComputerId TimeCollected:datetime
      """,
    "SigninLogs": """
      TimeGenerated:datetime OperationName Category ResultType ResultSignature ResultDescription DurationMs:long
      CorrelationId Identity Level Location AppDisplayName AppId AuthenticationDetails AuthenticationRequirement
      ClientAppUsed ConditionalAccessPolicies:dynamic ConditionalAccessStatus CreatedDateTime:datetime
      DeviceDetail:dynamic FlaggedForReview:bool Id IPAddress IsInteractive:bool IsRisky:bool LocationDetails:dynamic
      MfaDetail:dynamic ResourceDisplayName ResourceId RiskDetail RiskLevelDuringSignIn RiskState SourceSystem
      Status:dynamic TokenIssuerType UniqueTokenIdentifier UserAgent UserDisplayName UserId UserPrincipalName UserType
      """,
    "Syslog": """
      TimeGenerated:datetime SourceSystem Computer EventTime:datetime Facility HostName SeverityLevel SyslogMessage
      ProcessID:int HostIP ProcessName CollectorHostName
      """,
    "Heartbeat": """
      TimeGenerated:datetime SourceSystem Computer ComputerIP Category OSType OSName OSMajorVersion OSMinorVersion
      Version SCAgentChannel IsGatewayInstalled:bool RemoteIPLongitude:real RemoteIPLatitude:real RemoteIPCountry
      SubscriptionId ResourceGroup ResourceProvider Resource ResourceId ResourceType ComputerEnvironment Solutions VMUUID
      """,
  ]
}
