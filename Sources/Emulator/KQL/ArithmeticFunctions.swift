extension KQLFunctions {
  /// Arithmetic and orderings; integers wrap at 64 bits.
  static let arithmeticFunctions: [NativeFunction] = [
    NativeFunction("kql_long_add", 2) { .integer($0.long(0) &+ $0.long(1)) },
    NativeFunction("kql_long_sub", 2) { .integer($0.long(0) &- $0.long(1)) },
    NativeFunction("kql_long_mul", 2) { .integer($0.long(0) &* $0.long(1)) },
    NativeFunction("kql_long_div", 2) { call in
      call.long(1) == 0 ? .null : .integer(call.long(0).dividedReportingOverflow(by: call.long(1)).partialValue)
    },
    NativeFunction("kql_long_mod", 2) { call in
      // The smallest non-negative number, whatever the signs (Kusto, "Numerical operators").
      guard call.long(1) != 0 else { return .null }
      let remainder = call.long(0).remainderReportingOverflow(dividingBy: call.long(1)).partialValue
      return .integer(
        remainder < 0
          ? Int64(truncatingIfNeeded: UInt64(bitPattern: remainder) &+ UInt64(call.long(1).magnitude)) : remainder)
    },
    NativeFunction("kql_long_bin", 2) { call in
      guard call.long(1) > 0 else { return .null }
      return .integer(call.long(0) &- call.long(0).flooredDivision(by: call.long(1)).remainder)
    },
    NativeFunction("kql_real_add", 2) { .real($0.real(0) + $0.real(1)) },
    NativeFunction("kql_real_sub", 2) { .real($0.real(0) - $0.real(1)) },
    NativeFunction("kql_real_mul", 2) { .real($0.real(0) * $0.real(1)) },
    NativeFunction("kql_real_div", 2) { .real($0.real(0) / $0.real(1)) },
    NativeFunction("kql_real_mod", 2) { call in
      let remainder = call.real(0).truncatingRemainder(dividingBy: call.real(1))
      return .real(remainder < 0 ? remainder + abs(call.real(1)) : remainder)
    },
    NativeFunction("kql_real_bin", 2) { call in
      guard call.real(1) > 0 else { return .null }
      return .real((call.real(0) / call.real(1)).rounded(.down) * call.real(1))
    },
    NativeFunction("kql_real_abs", 1) { .real(abs($0.real(0))) },
    NativeFunction("kql_long_abs", 1) { .integer(Int64(truncatingIfNeeded: $0.long(0).magnitude)) },
    NativeFunction("kql_real_ceiling", 1) { .real($0.real(0).rounded(.up)) },
    NativeFunction("kql_real_floor", 1) { .real($0.real(0).rounded(.down)) },
    NativeFunction("kql_real_round", -1) { call in
      let digits = call.count > 1 ? Int(min(max(call.long(1), -15), 15)) : 0
      let power = (0..<abs(digits)).reduce(1.0) { power, _ in power * 10 }
      let scale = digits < 0 ? 1 / power : power
      return .real((call.real(0) * scale).rounded() / scale)
    },
    // The greatest and the least of those that are not null.
    longs("max") { max($0, $1) }, longs("min") { min($0, $1) },
    reals("max") { $0.isNaN ? $0 : max($0, $1) }, reals("min") { $0.isNaN ? $0 : min($0, $1) },
    NativeFunction("kql_real_order", 2) { call in
      let (a, b) = (call.real(0), call.real(1))
      return .integer(a < b ? -1 : a > b ? 1 : a == b ? 0 : 2)
    },
    decimal("add") { $0 + $1 }, decimal("sub") { $0 + (-$1) }, decimal("mul") { $0 * $1 },
    decimal("div") { Decimal128(String($0.real / $1.real)) },
    decimal("mod") { Decimal128(String($0.real.truncatingRemainder(dividingBy: $1.real))) },
    NativeFunction("kql_decimal_order", 2) { call in
      guard let a = Decimal128(call.text(0)), let b = Decimal128(call.text(1)) else {
        let (a, b) = (call.real(0), call.real(1))
        return .integer(a < b ? -1 : a > b ? 1 : a == b ? 0 : 2)
      }
      return .integer(a < b ? -1 : b < a ? 1 : 0)
    },
  ]

  private static func longs(_ name: String, _ better: @escaping @Sendable (Int64, Int64) -> Int64) -> NativeFunction {
    NativeFunction("kql_long_\(name)", -1, strict: false) { call in
      let values = (0..<call.count).filter { !call.isNull($0) }.map { call.long($0) }
      return values.first.map { .integer(values.dropFirst().reduce($0, better)) } ?? .null
    }
  }

  private static func reals(_ name: String, _ better: @escaping @Sendable (Double, Double) -> Double) -> NativeFunction
  {
    NativeFunction("kql_real_\(name)", -1, strict: false) { call in
      let values = (0..<call.count).filter { !call.isNull($0) }.map { call.real($0) }
      return values.first.map { .real(values.dropFirst().reduce($0, better)) } ?? .null
    }
  }

  private static func decimal(
    _ name: String, _ body: @escaping @Sendable (Decimal128, Decimal128) -> Decimal128?
  ) -> NativeFunction {
    NativeFunction("kql_decimal_\(name)", 2) { call in
      guard let a = Decimal128(call.text(0)), let b = Decimal128(call.text(1)), let result = body(a, b) else {
        return .null
      }
      return .text(result.text)
    }
  }

  /// Aggregates that SQLite lacks, or has with other rules.
  static let aggregates: [NativeAggregate] = [
    NativeAggregate(
      name: "kql_sum_long", step: { $0.long &+= $1.long(0) }, result: { .integer($0.long) }),
    NativeAggregate(
      name: "kql_sum_avg",
      step: {
        $0.count += 1
        $0.long &+= $1.long(0)
      }, result: { $0.count == 0 ? .null : .integer($0.long / $0.count) }),
    NativeAggregate(name: "kql_sum_real", step: { $0.real += $1.real(0) }, result: { .real($0.real) }),
    NativeAggregate(
      name: "kql_avg_real",
      step: {
        $0.count += 1
        $0.real += $1.real(0)
      }, result: { $0.count == 0 ? .null : .real($0.real / Double($0.count)) }),
    NativeAggregate(name: "kql_decimal_min", step: { keep($0, $1) { $0 < $1 } }, result: { $0.value }),
    NativeAggregate(name: "kql_decimal_max", step: { keep($0, $1) { $1 < $0 } }, result: { $0.value }),
    NativeAggregate(
      name: "kql_first", step: { if $0.value == .null { $0.value = $1.value(0) } }, result: { $0.value }),
  ]

  private static func keep(
    _ state: NativeAggregate.State, _ call: SQLCall, where isBetter: (Decimal128, Decimal128) -> Bool
  ) {
    guard let new = Decimal128(call.text(0)) else { return }
    if case .text(let text) = state.value, let old = Decimal128(text), !isBetter(new, old) { return }
    state.value = .text(call.text(0))
  }
}
