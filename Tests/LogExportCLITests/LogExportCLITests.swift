import Testing

@Suite struct LogExportCLITests {}
