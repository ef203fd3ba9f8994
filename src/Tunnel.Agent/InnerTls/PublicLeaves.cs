using System.Net.Security;

namespace Culvert.Tunnel.Agent.InnerTls;

/// <summary>What ACME adds to inner TLS.</summary>
/// <param name="Leaves">Certificates of a public CA, by name.</param>
/// <param name="FindChallenge">How a challenge handshake for a name is answered now; null when none is announced.</param>
internal sealed record PublicLeaves(AcmeLeaves Leaves, Func<string, SslServerAuthenticationOptions?> FindChallenge);
