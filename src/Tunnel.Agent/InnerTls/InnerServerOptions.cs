namespace Culvert.Tunnel.Agent.InnerTls;

/// <param name="MaxConnections">Concurrent inner TLS connections; further ones are refused, and the edge tries another
/// agent. Default 10,000.</param>
/// <param name="MaxHeaderBytes">All header fields of a request together. Default 64 KiB.</param>
internal sealed record InnerServerOptions(int MaxConnections, int MaxHeaderBytes);
