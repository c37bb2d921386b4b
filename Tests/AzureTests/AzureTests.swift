import Testing

@Suite struct AzureTests {}
