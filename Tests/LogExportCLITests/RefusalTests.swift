import Azure
import Export
import Testing

@testable import LogExportCLI

@Suite struct `Refusals of the query service` {
  private func error(_ kind: AzureError.Kind, _ status: Int, _ body: String) -> AzureError {
    var error = AzureError(kind, "the query service answered \(status)", status: status, requestID: "r7")
    error.answer = Array(body.utf8)
    error.remedy = "\n  Do this."
    return error
  }

  @Test func `are told in the service's words, with what to do`() {
    let found = SourceError(
      error(
        .forbidden, 403,
        #"{"error":{"message":"outer","code":"InsufficientAccessError","innererror":{"code":"X","message":"inner"}}}"#))
    #expect(found.code == .denied)
    #expect(found.message == "InsufficientAccessError X: outer: inner\n  Do this.")
    #expect(found.requestID == "r7")
  }

  @Test func `without words are told by their status`() {
    let found = SourceError(error(.unavailable, 503, "<html>busy</html>"))
    #expect(found.code == .unavailable)
    #expect(found.message == "the query service answered 503\n  Do this.")
  }

  @Test(arguments: [
    (400, AzureError.Kind.badRequest, #"{"code":"E","message":"m","innererror":{"code":"-2133196797"}}"#),
    (413, .invalidResponse, #"{"code":"ResponseSizeError","message":"m"}"#),
    (504, .queryTimeout, #"{"code":"GatewayTimeout","message":"m"}"#),
  ])
  func `that say too much make one ask for less`(_ status: Int, _ kind: AzureError.Kind, _ body: String) {
    #expect(SourceError(error(kind, status, #"{"error":\#(body)}"#)).code == .tooLarge)
  }
}
