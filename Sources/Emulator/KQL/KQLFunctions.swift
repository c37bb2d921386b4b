import CSQLite

/// A function that translated statements call.
struct NativeFunction: Sendable {
  let name: String
  /// -1 takes any number of arguments.
  let argumentCount: Int
  /// What any null argument makes of the result; nil where the body sees nulls itself.
  let ofNull: SQLValue?
  let body: @Sendable (SQLCall) -> SQLValue

  init(
    _ name: String, _ argumentCount: Int, strict: Bool = true, ofNull: SQLValue = .null,
    _ body: @escaping @Sendable (SQLCall) -> SQLValue
  ) {
    self.name = name
    self.argumentCount = argumentCount
    self.ofNull = strict ? ofNull : nil
    self.body = body
  }
}

/// An aggregate that translated statements call; nulls are passed over.
struct NativeAggregate: Sendable {
  /// What one group has come to.
  final class State {
    var count: Int64 = 0
    var long: Int64 = 0
    var real = 0.0
    var value = SQLValue.null
  }

  let name: String
  let step: @Sendable (State, SQLCall) -> Void
  let result: @Sendable (State) -> SQLValue
}

/// The functions of KQL that SQLite lacks.
package enum KQLFunctions {
  /// A function that SQLite would not take, with SQLite's result code.
  package struct RegistrationError: Error, Equatable {
    package var function: String
    package var code: Int32
  }

  /// Registers every function on a connection (an `sqlite3 *`), for as long
  /// as it is open: `sqlite3_create_function_v2`, deterministic.
  package static func register(on connection: OpaquePointer) throws {
    for function in functions { try register(function, on: connection) }
    for aggregate in aggregates { try register(aggregate, on: connection) }
  }

  private static let functions: [NativeFunction] =
    arithmeticFunctions + conversionFunctions + textFunctions + dynamicFunctions
    + ScalarFunction.all.map(\.native)

  private static func register(_ function: NativeFunction, on connection: OpaquePointer) throws {
    let box = Unmanaged.passRetained(Box(function)).toOpaque()
    let code = sqlite3_create_function_v2(
      connection, function.name, Int32(function.argumentCount), SQLITE_UTF8 | SQLITE_DETERMINISTIC, box,
      { context, count, arguments in
        guard let context, let box = sqlite3_user_data(context) else { return }
        let call = SQLCall(context: context, arguments: arguments, count: Int(count))
        let function = Unmanaged<Box<NativeFunction>>.fromOpaque(box).takeUnretainedValue().value
        if let null = function.ofNull, (0..<call.count).contains(where: call.isNull) { return call.answer(null) }
        call.answer(function.body(call))
      }, nil, nil, { $0.map { Unmanaged<AnyObject>.fromOpaque($0).release() } })
    guard code == SQLITE_OK else { throw RegistrationError(function: function.name, code: code) }
  }

  private static func register(_ aggregate: NativeAggregate, on connection: OpaquePointer) throws {
    let box = Unmanaged.passRetained(Box(aggregate)).toOpaque()
    let code = sqlite3_create_function_v2(
      connection, aggregate.name, 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, box, nil,
      { context, count, arguments in
        guard let context, let box = sqlite3_user_data(context) else { return }
        let call = SQLCall(context: context, arguments: arguments, count: Int(count))
        guard !call.isNull(0), let slot = stateSlot(context, MemoryLayout<UnsafeMutableRawPointer?>.size) else {
          return
        }
        let aggregate = Unmanaged<Box<NativeAggregate>>.fromOpaque(box).takeUnretainedValue().value
        let state =
          slot.pointee.map { Unmanaged<NativeAggregate.State>.fromOpaque($0).takeUnretainedValue() }
          ?? NativeAggregate.State()
        if slot.pointee == nil { slot.pointee = Unmanaged.passRetained(state).toOpaque() }
        aggregate.step(state, call)
      },
      { context in
        guard let context, let box = sqlite3_user_data(context) else { return }
        let aggregate = Unmanaged<Box<NativeAggregate>>.fromOpaque(box).takeUnretainedValue().value
        let slot = stateSlot(context, 0)
        let state = slot?.pointee.map { Unmanaged<NativeAggregate.State>.fromOpaque($0).takeRetainedValue() }
        slot?.pointee = nil
        SQLCall(context: context, arguments: nil, count: 0).answer(aggregate.result(state ?? NativeAggregate.State()))
      }, { $0.map { Unmanaged<AnyObject>.fromOpaque($0).release() } })
    guard code == SQLITE_OK else { throw RegistrationError(function: aggregate.name, code: code) }
  }

  private final class Box<Value: Sendable>: Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
  }
}

/// `sqlite3_aggregate_context`: zeroed memory of the group, here a reference; nil before the first row.
private func stateSlot(_ context: OpaquePointer, _ size: Int) -> UnsafeMutablePointer<UnsafeMutableRawPointer?>? {
  sqlite3_aggregate_context(context, Int32(size))?.assumingMemoryBound(to: UnsafeMutableRawPointer?.self)
}
