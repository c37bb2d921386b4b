/// Tables whose columns are known beforehand, and what generated rows hold in
/// them.
///
/// One column a line: its name, its type, perhaps `@group` and `?percent`,
/// then one or more templates with ` | ` between them. Columns of one group
/// take the templates of the same number in a row; `?percent` of the values are
/// null, or empty where the column is a string. `RowTemplate` says what
/// templates hold. In a datetime column a template gives ticks to add to the
/// row's time, in the other numeric ones digits.
enum KnownTables {
  /// The columns of a table that people know from the service; nil for any
  /// other name.
  static func columns(of table: String) -> [LogColumn]? {
    texts[table].map { ColumnRecipe.read($0, table: table).map(\.column) }
  }

  /// What generated rows of a table hold; tables of unknown names share one set.
  static func recipes(of table: String) -> [ColumnRecipe] {
    ColumnRecipe.read(texts[table] ?? generic, table: table)
  }

  /// Columns and types are those of the Azure Monitor Logs reference, or some of them.
  private static let texts = [
    "SecurityEvent": securityEvent, "SigninLogs": signinLogs, "Syslog": syslog, "Heartbeat": heartbeat,
  ]

  private static let securityEvent = #"""
    TimeGenerated datetime 0
    SourceSystem string OpsManager
    Account string {domain}\{user}
    AccountType string User | User | Machine
    Computer string {host}.corp.contoso.example
    EventSourceName string Microsoft-Windows-Security-Auditing
    Channel string Security
    Task int @event 12544 | 12544 | 13312 | 12548 | 12802 | 13826 | 12545 | 14337
    Level string @event 8 | 16 | 8 | 8 | 8 | 8 | 8 | 16
    EventID int @event 4624 | 4625 | 4688 | 4672 | 4663 | 4728 | 4634 | 4769
    Activity string @event 4624 - An account was successfully logged on. | 4625 - An account failed to log on. | 4688 - A new process has been created. | 4672 - Special privileges assigned to new logon. | 4663 - An attempt was made to access an object. | 4728 - A member was added to a security-enabled global group. | 4634 - An account was logged off. | 4769 - A Kerberos service ticket was requested.
    EventData string ?30 <EventData xmlns="http://schemas.microsoft.com/win/2004/08/events/event">{line}  <Data Name="SubjectUserSid">{sid}</Data>{line}  <Data Name="SubjectUserName">{user}</Data>{line}  <Data Name="SubjectDomainName">{domain}</Data>{line}  <Data Name="SubjectLogonId">0x{hex:6}</Data>{line}  <Data Name="ObjectName">C:\Users\{user}\Documents\{word}-{word#2} &amp; {city}.docx</Data>{line}  <Data Name="Keywords">{big}</Data>{line}  <Data Name="Reason">{words:24}</Data>{line}</EventData>
    EventOriginId string {guid}
    EventRecordId string {int:100000-99999999}
    SystemProcessId int {int:4-19999}
    SystemThreadId int {int:4-29999}
    SubjectUserSid string {sid}
    SubjectUserName string {user}
    SubjectDomainName string {domain}
    SubjectLogonId string 0x{hex:6}
    TargetUserSid string ?20 {sid:2}
    TargetUserName string ?20 {user:2}
    TargetDomainName string ?20 {domain}
    TargetLogonId string ?20 0x{hex:7}
    LogonType int ?40 2 | 3 | 3 | 3 | 5 | 7 | 10
    LogonProcessName string ?40 Advapi   | Kerberos | NtLmSsp
    IpAddress string ?40 {ip}
    IpPort string ?40 {int:1024-65535}
    WorkstationName string ?40 {host:2}
    ProcessId string 0x{hex:3}
    Process string {process}
    ProcessName string C:\Windows\System32\{process}
    NewProcessId string ?70 0x{hex:4}
    NewProcessName string ?70 C:\Program Files\{word}\{process:2}
    ParentProcessName string ?70 C:\Windows\{process:3}
    CommandLine string ?70 "C:\Program Files\{word}\{process:2}" --profile "{person}" /log:{guid:2} | powershell.exe -NoProfile -EncodedCommand {hex:64}
    Status string ?60 0xc000006d | 0xc0000234 | 0x0
    SubStatus string ?60 0xc000006a | 0xc0000064 | 0x0
    SourceComputerId string {guid:3}
    TimeCollected datetime {int:10000000-900000000}
    Type string SecurityEvent
    """#

  private static let signinLogs = #"""
    TimeGenerated datetime 0
    OperationName string Sign-in activity
    Category string SignInLogs
    ResultType string @result 0 | 0 | 0 | 0 | 50126 | 50076 | 53003
    ResultSignature string @result SUCCESS | SUCCESS | SUCCESS | SUCCESS | FAILURE | FAILURE | FAILURE
    ResultDescription string @result  |  |  |  | Invalid username or password or Invalid on-premise username or password. | Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access the resource. | Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.
    DurationMs long {int:0-90000}
    CorrelationId string {guid}
    Identity string {person}
    Level string 4
    Location string DE | CH | JP | BR | US
    AppDisplayName string Azure Portal | Office 365 Exchange Online | Microsoft Teams | Contoso “Intranet”
    AppId string {guid:2}
    AuthenticationDetails string [{"authenticationStepDateTime":"{time}","authenticationMethod":"Password","succeeded":true,"authenticationStepResultDetail":"First factor requirement satisfied by claim in the token","sequence":{int:0-3}}]
    AuthenticationRequirement string singleFactorAuthentication | multiFactorAuthentication
    ClientAppUsed string Browser | Mobile Apps and Desktop clients | Exchange ActiveSync
    ConditionalAccessPolicies dynamic ?20 [{"id":"{guid:3}","displayName":"Require MFA – {city}","enforcedGrantControls":["Mfa"],"enforcedSessionControls":[],"result":"success","conditionsSatisfied":{int:0-1023},"conditionsNotSatisfied":0},{"id":"{guid:4}","displayName":"Block \"legacy\" authentication","enforcedGrantControls":["Block"],"result":"notApplied","conditionsSatisfied":1,"conditionsNotSatisfied":{int:0-4095}}] | []
    ConditionalAccessStatus string success | notApplied | failure
    CreatedDateTime datetime -{int:1-600000000}
    DeviceDetail dynamic {"deviceId":"{guid:5}","displayName":"{host}","operatingSystem":"Windows 11","browser":"Edge {int:90-131}.0.{int:0-9999}","isCompliant":true,"isManaged":false,"trustType":null} | {"deviceId":"","operatingSystem":"Ios 17.{int:0-6}","browser":"Mobile Safari"}
    FlaggedForReview bool ?50 false | true
    Id string {guid:6}
    IPAddress string {ip} | 2001:db8:{hex:4}::{hex:3}
    IsInteractive bool true | true | false
    IsRisky bool ?60 false | true
    LocationDetails dynamic {"city":"{city}","state":"","countryOrRegion":"DE","geoCoordinates":{"latitude":{int:-89-89}.{int:100000000000000-999999999999999},"longitude":{int:-179-179}.{int:10000-99999}}}
    MfaDetail dynamic ?70 {"authMethod":"PhoneAppNotification","authDetail":null}
    ResourceDisplayName string Windows Azure Service Management API | Microsoft Graph
    ResourceId string /tenants/{guid:7}/providers/Microsoft.aadiam
    RiskDetail string none
    RiskLevelDuringSignIn string none | none | none | low | medium
    RiskState string none | atRisk
    SourceSystem string Azure AD
    Status dynamic {"errorCode":0,"additionalDetails":"MFA requirement satisfied by claim in the token"} | {"errorCode":50126,"failureReason":"Invalid username or password.","signInSessionId":{big}}
    TokenIssuerType string AzureAD
    UniqueTokenIdentifier string {hex:22}
    UserAgent string Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{int:90-131}.0.0.0 Safari/537.36 Edg/{int:90-131}.0.0.0 | Mozilla/5.0 (iPhone; CPU iPhone OS 17_{int:0-6} like Mac OS X) AppleWebKit/605.1.15
    UserDisplayName string {person}
    UserId string {guid:8}
    UserPrincipalName string {user}@contoso.example
    UserType string Member | Member | Guest
    Type string SigninLogs
    """#

  private static let syslog = #"""
    TimeGenerated datetime 0
    SourceSystem string Linux
    Computer string {host}
    EventTime datetime -{int:0-20000000}
    Facility string @facility auth | daemon | cron | kern | authpriv
    HostName string {host}
    SeverityLevel string info | info | notice | warning | err
    SyslogMessage string @facility Failed password for invalid user {user} from {ip} port {int:1024-65535} ssh2 | {word}.service: Main process exited, code=exited, status={int:1-255}/FAILURE | (root) CMD (test -x /usr/sbin/{word} || ( cd / && run-parts --report /etc/cron.hourly )) | [{int:1000-9999999}.{int:100000-999999}] nf_conntrack: table full, dropping packet “{ip}” → {host:2} | pam_unix(sudo:session): session opened for user root(uid=0) by {user}(uid={int:1000-1999})
    ProcessID int ?10 {int:1-4194303}
    HostIP string {ip}
    ProcessName string @facility sshd | systemd | CRON | kernel | sudo
    CollectorHostName string {host:2}
    Type string Syslog
    """#

  private static let heartbeat = #"""
    TimeGenerated datetime 0
    SourceSystem string OpsManager | Linux
    Computer string {host}.corp.contoso.example
    ComputerIP string {ip}
    Category string Direct Agent
    OSType string @os Windows | Linux
    OSName string @os Windows Server 2022 Datacenter | Ubuntu
    OSMajorVersion string @os 10 | 22
    OSMinorVersion string @os 0 | 04
    Version string 1.{int:10-34}.0.0
    SCAgentChannel string Direct
    IsGatewayInstalled bool false
    RemoteIPLongitude real {int:-179-179}.{int:0-99}
    RemoteIPLatitude real {int:-89-89}.{int:0-99}
    RemoteIPCountry string Germany | Switzerland | Japan
    SubscriptionId string {guid}
    ResourceGroup string rg-{word}
    ResourceProvider string Microsoft.Compute
    Resource string {host}
    ResourceId string /subscriptions/{guid}/resourceGroups/rg-{word}/providers/Microsoft.Compute/virtualMachines/{host}
    ResourceType string virtualMachines
    ComputerEnvironment string Azure | Non-Azure
    Solutions string "security", "changeTracking"
    VMUUID string {guid:2}
    Type string Heartbeat
    """#

  /// A column of every type.
  private static let generic = #"""
    TimeGenerated datetime 0
    Computer string {host}
    Level string Information | Information | Warning | Error
    Message string {words:12} | {person}: {words:6}{line}{words:18} | “{city}” → {word} \ <b>100 %</b> & 'more' {words:3}
    Number long {big}
    Attempt int ?25 {int:0-2147483647}
    Score real ?25 {int:-999999-999999}.{int:0-99999}e{int:-12-12} | 0.1 | NaN
    Succeeded bool ?25 true | true | false
    Cost decimal ?25 {int:0-999999999999999999}.{int:0-999999999}
    Elapsed timespan ?25 {int:0-9000000000000}
    OperationId guid ?25 {guid}
    Started datetime ?25 -{int:0-36000000000}
    Properties dynamic ?25 {"user":{"name":"{person}","id":{big}},"tags":["{word}","{word:2}"],"ratio":{int:0-9}.{int:10-99}0,"parent":null} | []
    """#
}
