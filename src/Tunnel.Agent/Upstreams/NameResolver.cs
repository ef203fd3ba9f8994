using System.Net;

namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>Resolves a host name; a boundary that tests fake.</summary>
internal delegate Task<IPAddress[]> NameResolver(string host, CancellationToken cancellationToken);
