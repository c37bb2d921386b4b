// RowEncoding
