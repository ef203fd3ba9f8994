namespace Culvert.Ca.Encoding;

/// <summary>One decoded PEM block.</summary>
internal sealed record PemBlock(string Label, byte[] Data);
