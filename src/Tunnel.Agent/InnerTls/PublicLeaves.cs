using System.Net.Security;

namespace Culvert.Tunnel.Agent.InnerTls;

/// <summary>Public certificates and challenges of ACME for inner TLS.</summary>
/// <param name="FindChallenge">Returns the options of a challenge handshake for a name; null when no challenge is
/// announced.</param>
internal sealed record PublicLeaves(NamedLeaves Leaves, Func<string, SslServerAuthenticationOptions?> FindChallenge);
