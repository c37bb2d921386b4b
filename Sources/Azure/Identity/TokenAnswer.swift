internal import FoundationEssentials
internal import HTTP
internal import Timeline

/// What Entra ID, the instance metadata service and App Service answer to a request
/// for a token.
///
/// Entra ID writes `expires_in` as a number; the metadata service writes it and
/// `expires_on` as texts; App Service has `expires_on` alone.
struct TokenAnswer: Decodable {
  var accessToken: String?
  var expiresIn: LooseInteger?
  var expiresOn: LooseInteger?
  var error: String?
  var errorDescription: String?

  private enum CodingKeys: String, CodingKey {
    case accessToken = "access_token"
    case expiresIn = "expires_in"
    case expiresOn = "expires_on"
    case error
    case errorDescription = "error_description"
  }

  /// Reads a response; anything but a token is an error that quotes the service's reason.
  static func token(_ response: HTTPResponse, from place: String) throws(AzureError) -> AccessToken {
    // An answer that is no JSON is reported below with its status.
    let answer = try? JSONDecoder().decode(TokenAnswer.self, from: Data(response.body))
    let status = response.head.status
    if status == 200, let answer, let text = answer.accessToken, !text.isEmpty {
      let now = Tick.now().unixSeconds
      // A token that does not say how long it lives is soon asked for again.
      return AccessToken(
        text: text, expiresAt: answer.expiresIn.map { now + $0.value } ?? answer.expiresOn?.value ?? now + 300)
    }
    // The description's first line says which value is wrong; the rest are trace ids.
    let reason = answer?.errorDescription?.split(whereSeparator: \.isNewline).first.map(String.init)
    let kind: AzureError.Kind =
      switch status {
      case 429: .throttled
      case 408, 500...599: .unavailable
      default: .unauthenticated
      }
    throw AzureError(
      kind, "no token from \(place): \(reason ?? answer?.error ?? "it answered \(status)")", status: status,
      serviceCode: answer?.error, requestID: response.head["x-ms-request-id"])
  }
}

/// A whole number that some services write as a text.
struct LooseInteger: Decodable {
  var value: Int64

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    // Says only whether the value is of that type.
    if let number = try? container.decode(Int64.self) {
      value = number
    } else if let number = Int64(try container.decode(String.self)) {
      value = number
    } else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "it is no whole number")
    }
  }
}
