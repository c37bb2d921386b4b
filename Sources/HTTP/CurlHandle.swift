internal import CLibCurl

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// One `curl_easy` handle with everything that it points to.
///
/// Made, used and freed on the loop's thread alone.
final class CurlHandle {
  let transfer: Transfer
  let easy: UnsafeMutableRawPointer
  private var headers: UnsafeMutablePointer<curl_slist>?
  /// What curl has yet to read of the request's body, which it sends from where it lies.
  private var unsent: ArraySlice<UInt8>
  /// What curl writes about a failure, `CURL_ERROR_SIZE` bytes.
  private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
  private let stallTimeout: Duration
  private var silence = Silence(at: .now)
  private var hasHead = false
  /// Whether the reader has not been told yet of what came.
  private var hasNews = false
  /// Whether curl waits for the reader; ends at `resume`, not when the reader asks for it.
  private var isPaused = false

  init?(_ transfer: Transfer, _ configuration: HTTPConfiguration) {
    guard let easy = curl_easy_init() else { return nil }
    self.transfer = transfer
    self.easy = easy
    stallTimeout = configuration.stallTimeout
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    let request = transfer.request
    unsent = (request.body ?? [])[...]
    setMethod(request)
    setHeaders(request, configuration)
    setConnection(request, configuration)
    setCallbacks()
  }

  deinit {
    curl_easy_cleanup(easy)
    curl_slist_free_all(headers)
    errorText.deallocate()
  }
}

// MARK: - Options

extension CurlHandle {
  private func setMethod(_ request: HTTPRequest) {
    curl_set_text(easy, CURLOPT_URL, request.url)
    if request.body != nil || request.method == "PUT" || request.method == "POST" {
      curl_set_long(easy, CURLOPT_POST, 1)
      curl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, unsent.count)
      curl_set_text(easy, CURLOPT_CUSTOMREQUEST, request.method)
    } else if request.method == "HEAD" {
      curl_set_long(easy, CURLOPT_NOBODY, 1)
    } else if request.method != "GET" {
      curl_set_text(easy, CURLOPT_CUSTOMREQUEST, request.method)
    }
  }

  private func setHeaders(_ request: HTTPRequest, _ configuration: HTTPConfiguration) {
    // Without these curl would send a form's type, and wait for a 100.
    if !request.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
      headers = curl_slist_append(headers, "Content-Type:")
    }
    headers = curl_slist_append(headers, "Expect:")
    for (name, value) in request.headers {
      // A header without a value is written with a semicolon in curl's lists.
      headers = curl_slist_append(headers, value.isEmpty ? "\(name);" : "\(name): \(value)")
    }
    curl_set_pointer(easy, CURLOPT_HTTPHEADER, headers)
    curl_set_text(easy, CURLOPT_USERAGENT, configuration.userAgent)
    if request.acceptsGzip { curl_set_text(easy, CURLOPT_ACCEPT_ENCODING, "gzip") }
  }

  private func setConnection(_ request: HTTPRequest, _ configuration: HTTPConfiguration) {
    curl_set_long(easy, CURLOPT_NOSIGNAL, 1)
    curl_set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https")
    curl_set_long(easy, CURLOPT_HTTP_VERSION, mayUseHTTP2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1)
    curl_set_long(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
    curl_set_long(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    // While the reader is behind, curl holds what one buffer decodes to, and gives up at 64 MB of it:
    // 16 KiB, the default, grow to 16 MiB at deflate's limit of 1032.
    curl_set_long(easy, CURLOPT_BUFFERSIZE, request.acceptsGzip ? 16 << 10 : 256 << 10)
    if let caFile = configuration.caFile {
      curl_set_text(easy, CURLOPT_CAINFO, caFile)
      // Debian's curl would trust the system's folder besides.
      curl_set_text(easy, CURLOPT_CAPATH, nil)
    }
    if !request.usesProxy || request.mustGoDirectly { curl_set_text(easy, CURLOPT_PROXY, "") }
    let (seconds, attoseconds) = (request.connectTimeout ?? configuration.connectTimeout).components
    curl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, Int(seconds * 1000 + attoseconds / 1_000_000_000_000_000))
    curl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
  }

  /// Whether it goes over HTTP/2 where a server of HTTPS offers it.
  ///
  /// Not where it may pause and this libcurl loses such transfers.
  private var mayUseHTTP2: Bool { !transfer.mayPause || Self.resumesStreams(libcurl: Self.libcurl) }

  /// `version_num` of the libcurl that runs, which may be another than the one that was built with.
  private static let libcurl = curl_version_number()

  /// Whether a libcurl of a version, written 0xXXYYZZ, resumes paused streams of HTTP/2.
  ///
  /// From 7.84 on they stall or fail now and then (curl's issues 9180, 10988, 16280, 16955), the last
  /// time in 8.16 and 8.17 (19334).
  static func resumesStreams(libcurl version: UInt32) -> Bool { version >= 0x08_12_00 }

  private func setCallbacks() {
    let context = Unmanaged.passUnretained(self).toOpaque()
    curl_set_pointer(easy, CURLOPT_HEADERDATA, context)
    curl_set_function(easy, CURLOPT_HEADERFUNCTION) { data, size, count, context in
      guard let context else { return 0 }
      let handle = Unmanaged<CurlHandle>.fromOpaque(context).takeUnretainedValue()
      let bytes = UnsafeRawBufferPointer(start: data, count: size * count)
      if handle.transfer.receive(headerLine: bytes) { handle.hasHead = true }
      return size * count
    }
    curl_set_pointer(easy, CURLOPT_WRITEDATA, context)
    curl_set_function(easy, CURLOPT_WRITEFUNCTION) { data, size, count, context in
      guard let context else { return 0 }
      let handle = Unmanaged<CurlHandle>.fromOpaque(context).takeUnretainedValue()
      let bytes = UnsafeRawBufferPointer(start: data, count: size * count)
      if bytes.isEmpty { return 0 }
      if handle.transfer.receive(body: bytes) {
        handle.hasNews = true
        return size * count
      }
      handle.isPaused = true
      return curl_writefunc_pause()
    }
    curl_set_pointer(easy, CURLOPT_READDATA, context)
    curl_set_function(easy, CURLOPT_READFUNCTION) { data, size, count, context in
      guard let context else { return 0 }
      let handle = Unmanaged<CurlHandle>.fromOpaque(context).takeUnretainedValue()
      return handle.send(into: UnsafeMutableRawBufferPointer(start: data, count: size * count))
    }
    curl_set_pointer(easy, CURLOPT_SEEKDATA, context)
    curl_set_seek_function(easy) { context, offset, origin in
      guard let context, origin == SEEK_SET else { return CURL_SEEKFUNC_FAIL }
      return Unmanaged<CurlHandle>.fromOpaque(context).takeUnretainedValue().seek(offset)
    }
  }
}

// MARK: - The request's body

extension CurlHandle {
  /// Copies the next bytes into curl's buffer of 64 KiB; returns how many, none at the end.
  private func send(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let next = unsent.prefix(buffer.count)
    buffer.copyBytes(from: next)
    unsent = unsent[next.endIndex...]
    return next.count
  }

  /// Goes back, as curl wants it where a kept connection turned out to be dead.
  private func seek(_ offset: Int) -> Int32 {
    let body = transfer.request.body ?? []
    guard (0...body.count).contains(offset) else { return CURL_SEEKFUNC_FAIL }
    unsent = body[offset...]
    return CURL_SEEKFUNC_OK
  }
}

// MARK: - Silence

extension CurlHandle {
  /// Why to give the transfer up at this moment; nil to go on.
  ///
  /// Until the head has come silence is the service at work, and the request says how long that
  /// may take; from then on it is a stall.
  func expiry(at now: ContinuousClock.Instant) -> HTTPError? {
    if isPaused { return nil }
    let limit = hasHead ? stallTimeout : transfer.request.headTimeout
    guard silence.length(moved: moved, at: now) >= limit else { return nil }
    return HTTPError(
      hasHead ? .stalled : .timeout,
      message: hasHead ? "nothing came for \(limit)" : "there was no answer for \(limit)", url: transfer.request.place)
  }

  /// Tells the reader of what came since the last time.
  func deliver() {
    guard hasNews else { return }
    hasNews = false
    transfer.deliver()
  }

  /// Goes on after a pause; what curl holds comes to the transfer at once, which may pause it again.
  func resume(at now: ContinuousClock.Instant) {
    isPaused = false
    silence.restart(at: now)
    curl_easy_pause(easy, CURLPAUSE_CONT)
  }

  /// Bytes sent and received so far, heads included.
  private var moved: Int {
    var (sent, received, heads) = (0, 0, 0)
    curl_get_offset(easy, CURLINFO_SIZE_UPLOAD_T, &sent)
    curl_get_offset(easy, CURLINFO_SIZE_DOWNLOAD_T, &received)
    curl_get_long(easy, CURLINFO_HEADER_SIZE, &heads)
    return sent + received + heads
  }
}

// MARK: - The end

extension CurlHandle {
  /// Whether a handshake ended by the connection's end, for which curl has no code of its own.
  private static func brokeOff(_ text: String) -> Bool {
    ["SSL_ERROR_SYSCALL", "reset by peer", "unexpected eof"].contains { text.contains($0) }
  }

  /// What curl's code means.
  func result(_ code: CURLcode) -> Result<Void, HTTPError> {
    if code == CURLE_OK { return .success(()) }
    let kind: HTTPError.Code =
      switch code {
      case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .cannotResolve
      // The one time limit that curl keeps is that of the connection.
      case CURLE_COULDNT_CONNECT, CURLE_OPERATION_TIMEDOUT: .cannotConnect
      case CURLE_SSL_CONNECT_ERROR where Self.brokeOff(String(cString: errorText)): .reset
      case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
        CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR:
        .tls
      case CURLE_SSL_CACERT_BADFILE: .authorities
      case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_BAD_CONTENT_ENCODING: .truncated
      case CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_HTTP2, CURLE_HTTP2_STREAM: .reset
      // An answer without a head of HTTP is CURLE_UNSUPPORTED_PROTOCOL: none of ours, so it falls to the rest.
      case CURLE_URL_MALFORMAT: .invalidRequest
      default: .other
      }
    var text = String(cString: errorText)
    // It would repeat the proxy's password.
    if text.hasPrefix("Unsupported proxy") { text = "libcurl cannot use the proxy that the environment names" }
    return .failure(
      HTTPError(
        kind, message: text.isEmpty ? String(cString: curl_easy_strerror(code)) : text, url: transfer.request.place))
  }
}
