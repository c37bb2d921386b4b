import CMicroHTTPD
import Glibc

/// One request being received. Made when its target is known, released when
/// its response is out.
private final class Exchange {
  let target: String
  var isBegun = false
  var isTooLarge = false
  var body: [UInt8] = []

  init(target: String) { self.target = target }
}

/// The largest body taken: a Put Blob of 256 MiB, the service's own limit for
/// one request before version 2019-12-12, and some room.
private let bodyLimit = 300 << 20

/// `MHD_OPTION_URI_LOG_CALLBACK`: the only place that sees the target as sent.
let onTarget:
  @convention(c) (
    UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?
  ) -> UnsafeMutableRawPointer? = { _, target, _ in
    Unmanaged.passRetained(Exchange(target: target.map { String(cString: $0) } ?? "/")).toOpaque()
  }

/// `MHD_OPTION_NOTIFY_COMPLETED`.
let onCompleted:
  @convention(c) (
    UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    MHD_RequestTerminationCode
  ) -> Void = { _, _, state, _ in
    if let pointer = state?.pointee { Unmanaged<Exchange>.fromOpaque(pointer).release() }
    state?.pointee = nil
  }

/// `MHD_AccessHandlerCallback`: called once when the headers are in, once for
/// each piece of body, and once at its end.
let onRequest:
  @convention(c) (
    UnsafeMutableRawPointer?, OpaquePointer?, UnsafePointer<CChar>?, UnsafePointer<CChar>?,
    UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafeMutablePointer<Int>?,
    UnsafeMutablePointer<UnsafeMutableRawPointer?>?
  ) -> MHD_Result = { context, connection, _, method, _, data, size, state in
    guard let context, let connection, let method, let size, let pointer = state?.pointee else { return MHD_Result.NO }
    let exchange = Unmanaged<Exchange>.fromOpaque(pointer).takeUnretainedValue()
    guard exchange.isBegun else {
      exchange.isBegun = true
      return MHD_Result.YES
    }
    if size.pointee > 0, let data {
      if exchange.body.count + size.pointee > bodyLimit {
        exchange.isTooLarge = true
      } else {
        exchange.body.append(contentsOf: UnsafeRawBufferPointer(start: data, count: size.pointee))
      }
      size.pointee = 0
      return MHD_Result.YES
    }
    if exchange.isTooLarge {
      return reply(HTTPResponse(status: 413), on: connection)
    }
    var request = HTTPRequest(
      method: String(cString: method), target: RequestTarget(exchange.target),
      headers: headers(of: connection), body: exchange.body)
    request.tls = TLSVersion(rawValue: logexport_mhd_tls(connection))
    exchange.body = []
    let handler = Unmanaged<HTTPDaemon.Context>.fromOpaque(context).takeUnretainedValue().handler
    return reply(handler(request), on: connection)
  }

/// Reads the header fields (`MHD_get_connection_values`).
private func headers(of connection: OpaquePointer) -> HTTPHeaders {
  var headers = HTTPHeaders()
  withUnsafeMutablePointer(to: &headers) { pointer in
    _ = MHD_get_connection_values(
      connection, MHD_ValueKind.HEADER_KIND,
      { context, _, name, value in
        guard let context, let name else { return MHD_Result.YES }
        context.assumingMemoryBound(to: HTTPHeaders.self).pointee.append(
          String(cString: name), value.map { String(cString: $0) } ?? "")
        return MHD_Result.YES
      }, pointer)
  }
  return headers
}

/// Queues a response (`MHD_queue_response`).
private func reply(_ response: HTTPResponse, on connection: OpaquePointer) -> MHD_Result {
  if case .reset = response.ending {
    // libmicrohttpd ends connections in good order. On Linux, connecting a TCP
    // socket to no address (AF_UNSPEC) resets it at once.
    var nowhere = sockaddr()
    nowhere.sa_family = sa_family_t(AF_UNSPEC)
    connect(logexport_mhd_socket(connection), &nowhere, socklen_t(MemoryLayout.size(ofValue: nowhere)))
    return MHD_Result.NO
  }
  guard let handle = makeResponse(response.body) else { return MHD_Result.NO }
  defer { MHD_destroy_response(handle) }
  for (name, value) in response.headers where name.lowercased() != "content-length" {
    _ = MHD_add_response_header(handle, name, value)
  }
  return MHD_queue_response(connection, UInt32(response.status), handle)
}

private func makeResponse(_ body: HTTPResponse.Body) -> OpaquePointer? {
  switch body {
  case .bytes(let bytes):
    return bytes.withUnsafeBytes { buffer in
      // MHD copies, and does not write through the pointer; its type lacks const.
      MHD_create_response_from_buffer(
        buffer.count, UnsafeMutableRawPointer(mutating: buffer.baseAddress), MHD_ResponseMemoryMode.RESPMEM_MUST_COPY)
    }
  case .stream(let body, let length):
    let size = length.map { UInt64($0) } ?? UInt64.max  // MHD_SIZE_UNKNOWN
    return MHD_create_response_from_callback(
      size, 128 * 1024,
      { context, _, buffer, capacity in
        guard let context, let buffer else { return -2 }
        let body = Unmanaged<BodyBox>.fromOpaque(context).takeUnretainedValue().body
        do {
          let count = try body.next(into: UnsafeMutableRawBufferPointer(start: buffer, count: capacity))
          return count == 0 ? -1 : count  // MHD_CONTENT_READER_END_OF_STREAM
        } catch {
          return -2  // MHD_CONTENT_READER_END_WITH_ERROR: the only way to tell the client
        }
      }, Unmanaged.passRetained(BodyBox(body)).toOpaque(),
      { context in
        if let context { Unmanaged<BodyBox>.fromOpaque(context).release() }
      })
  }
}

/// A class around the existential, for `Unmanaged`.
private final class BodyBox {
  let body: any ResponseBody
  init(_ body: any ResponseBody) { self.body = body }
}
