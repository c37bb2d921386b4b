import CSQLite

/// A value handed to SQLite.
enum SQLValue: Sendable, Equatable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  /// UTF-8.
  case utf8([UInt8])

  static func bool(_ value: Bool) -> SQLValue { .integer(value ? 1 : 0) }
}

/// The arguments of a call that SQLite makes, valid while it lasts.
struct SQLCall {
  let context: OpaquePointer
  let arguments: UnsafeMutablePointer<OpaquePointer?>?
  let count: Int

  private func argument(_ index: Int) -> OpaquePointer? { index < count ? arguments?[index] : nil }

  /// `sqlite3_value_type`; an argument that was left out is null too.
  func isNull(_ index: Int) -> Bool { argument(index).map { sqlite3_value_type($0) == SQLITE_NULL } ?? true }

  /// `sqlite3_value_type`
  func isText(_ index: Int) -> Bool { argument(index).map { sqlite3_value_type($0) == SQLITE_TEXT } ?? false }

  /// `sqlite3_value_type`
  func isReal(_ index: Int) -> Bool { argument(index).map { sqlite3_value_type($0) == SQLITE_FLOAT } ?? false }

  /// `sqlite3_value_int64`
  func long(_ index: Int) -> Int64 { argument(index).map { sqlite3_value_int64($0) } ?? 0 }

  /// `sqlite3_value_double`; not-a-number travels as text.
  func real(_ index: Int) -> Double {
    if isText(index) { return Double(text(index)) ?? .nan }
    return argument(index).map { sqlite3_value_double($0) } ?? .nan
  }

  /// `sqlite3_value_text` and `sqlite3_value_bytes`, without a copy; not to be kept past the call.
  func utf8(_ index: Int) -> UnsafeBufferPointer<UInt8> {
    guard let value = argument(index), let start = sqlite3_value_text(value) else { return .init(start: nil, count: 0) }
    return UnsafeBufferPointer(start: start, count: Int(sqlite3_value_bytes(value)))
  }

  /// The text, or nothing for a null.
  func text(_ index: Int) -> String { String(decoding: utf8(index), as: UTF8.self) }

  /// Something costly made of a constant argument, kept as long as the statement runs (`sqlite3_set_auxdata`).
  func cached<Value>(_ index: Int, _ make: () -> Value) -> Value {
    if let kept = sqlite3_get_auxdata(context, Int32(index)),
      let box = Unmanaged<AnyObject>.fromOpaque(kept).takeUnretainedValue() as? Kept<Value>
    {
      return box.value
    }
    let box = Kept(make())
    let raw = Unmanaged<AnyObject>.passRetained(box).toOpaque()
    sqlite3_set_auxdata(context, Int32(index), raw) { $0.map { Unmanaged<AnyObject>.fromOpaque($0).release() } }
    return box.value
  }

  private final class Kept<Value> {
    let value: Value
    init(_ value: Value) { self.value = value }
  }
}

extension SQLCall {
  /// `SQLITE_TRANSIENT`: SQLite copies the text. The C macro is a cast that Swift does not import.
  private static var transient: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

  /// Gives the call its result.
  func answer(_ value: SQLValue) {
    switch value {
    case .null: sqlite3_result_null(context)
    case .integer(let value): sqlite3_result_int64(context, value)
    case .real(let value):
      if value.isNaN { answer(.text("NaN")) } else { sqlite3_result_double(context, value) }
    case .text(var text): text.withUTF8 { answer($0) }
    case .utf8(let bytes): bytes.withUnsafeBufferPointer { answer($0) }
    }
  }

  private func answer(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let start = bytes.baseAddress else {
      sqlite3_result_text(context, "", 0, Self.transient)
      return
    }
    start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
      sqlite3_result_text64(context, $0, UInt64(bytes.count), Self.transient, UInt8(SQLITE_UTF8))
    }
  }
}
