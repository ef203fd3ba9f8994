namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>One message for a client.</summary>
/// <param name="Bytes">On one line, without its end.</param>
/// <param name="IsLast">Whether it is the response that ends a call.</param>
/// <param name="ErrorCode">Of a response that is an error.</param>
internal sealed record QueuedMessage(ReadOnlyMemory<byte> Bytes, bool IsLast = false, int? ErrorCode = null);
