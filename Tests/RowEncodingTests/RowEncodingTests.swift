import Testing

@Suite struct RowEncodingTests {}
