namespace Culvert.Tunnel.Agent.InnerTls;

/// <summary>Bounds of the inner server.</summary>
/// <param name="MaxConnections">Inner TLS connections at once; one more is refused, and the edge looks for another agent. Default 10,000.</param>
/// <param name="MaxHeaderBytes">All header fields of a request together. Default 64 KiB.</param>
internal sealed record InnerServerOptions(int MaxConnections, int MaxHeaderBytes);
