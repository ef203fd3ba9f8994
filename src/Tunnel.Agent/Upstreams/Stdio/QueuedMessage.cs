namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <param name="Bytes">A single line, without its line end.</param>
/// <param name="IsLast">Whether it is the response that ends a call.</param>
internal sealed record QueuedMessage(ReadOnlyMemory<byte> Bytes, bool IsLast = false, int? ErrorCode = null);
