namespace Culvert.Tunnel.Agent.Audit.Export;

/// <param name="Json">The line, byte for byte, without its line break.</param>
internal sealed record RecordLine(long Sequence, string Hash, byte[] Json);
