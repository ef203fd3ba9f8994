namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>A message for a client.</summary>
/// <param name="Bytes">A single line, without its line end.</param>
/// <param name="IsLast">Whether it is the response that ends a call.</param>
/// <param name="ErrorCode">The code of an error response.</param>
internal sealed record QueuedMessage(ReadOnlyMemory<byte> Bytes, bool IsLast = false, int? ErrorCode = null);
