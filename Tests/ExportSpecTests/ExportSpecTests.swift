import Testing

@Suite struct ExportSpecTests {}
