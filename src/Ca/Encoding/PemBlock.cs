namespace Culvert.Ca.Encoding;

internal sealed record PemBlock(string Label, byte[] Data);
