namespace Culvert.Tunnel.Agent.Requests;

/// <summary>The time limits of an upstream. None of them limits a whole exchange (P2).</summary>
/// <param name="Connect">The time to establish a new connection, TLS included.</param>
/// <param name="ResponseHeaders">The time from the end of the request to the head of the answer.</param>
/// <param name="StreamIdle">The time between two bytes of a body in either direction.</param>
internal sealed record UpstreamTimeouts(TimeSpan Connect, TimeSpan ResponseHeaders, TimeSpan StreamIdle);
