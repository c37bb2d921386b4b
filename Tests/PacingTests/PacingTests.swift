import Testing

@Suite struct PacingTests {}
