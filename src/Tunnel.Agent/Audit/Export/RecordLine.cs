namespace Culvert.Tunnel.Agent.Audit.Export;

/// <summary>A record as it is in the file.</summary>
/// <param name="Hash">Its hash, in hexadecimal.</param>
/// <param name="Json">The line, byte for byte, without its line break.</param>
internal sealed record RecordLine(long Sequence, string Hash, byte[] Json);
