using Culvert.Tunnel.Agent.Acme;

namespace Culvert.Tunnel.Agent.InnerTls;

/// <summary>What ACME adds to inner TLS.</summary>
/// <param name="Leaves">Certificates of a public CA, by name.</param>
/// <param name="Challenges">Challenges that are answered now.</param>
internal sealed record PublicLeaves(AcmeLeaves Leaves, ChallengeBoard Challenges);
