namespace Culvert.Tunnel.Agent.Requests;

/// <summary>How long an upstream may take. None limits a whole exchange (P2).</summary>
/// <param name="Connect">Until a new connection is established, TLS included.</param>
/// <param name="ResponseHeaders">From the end of the request to the head of the answer.</param>
/// <param name="StreamIdle">Between two bytes of a body in either direction.</param>
internal sealed record UpstreamTimeouts(TimeSpan Connect, TimeSpan ResponseHeaders, TimeSpan StreamIdle);
