namespace Culvert.Tunnel.Agent.Acme;

/// <param name="CertificatesPem">The leaf, then its chain; null before the first certificate.</param>
/// <param name="RenewAt">The renewal time; null before the first certificate.</param>
/// <param name="AskAt">When to request the renewal window again (RFC 9773); null when the CA does not offer it.</param>
/// <param name="Failures">
/// Consecutive failures at the CA. Stored, so that restarts do not cause many requests to the CA.
/// </param>
/// <param name="LocalFailures">Consecutive failures that the CA has not counted.</param>
/// <param name="HastenedAt">
/// When the agent last renewed early because the CA wanted it before two thirds of the lifetime.
/// </param>
internal sealed record StoredName(
    string Name,
    string? CertificatesPem = null,
    string? KeyPem = null,
    DateTimeOffset? RenewAt = null,
    DateTimeOffset? AskAt = null,
    int Failures = 0,
    int LocalFailures = 0,
    DateTimeOffset? HastenedAt = null,
    DateTimeOffset? NotBefore = null,
    AcmeFailure? LastFailure = null
)
{
    // The key must not be in it.
    public override string ToString() => $"{nameof(StoredName)} {Name}";
}
