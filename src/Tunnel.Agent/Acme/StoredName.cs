namespace Culvert.Tunnel.Agent.Acme;

internal sealed record StoredName
{
    public required string Name { get; init; }

    /// <summary>The leaf, then its chain; null before the first certificate.</summary>
    public string? CertificatesPem { get; init; }

    public string? KeyPem { get; init; }

    /// <summary>The renewal time; null before the first certificate.</summary>
    public DateTimeOffset? RenewAt { get; init; }

    /// <summary>When to request the renewal window again (RFC 9773); null when the CA does not offer it.</summary>
    public DateTimeOffset? AskAt { get; init; }

    /// <summary>Consecutive failures at the CA. Stored, so that restarts do not cause many requests to the CA.</summary>
    public int Failures { get; init; }

    /// <summary>Consecutive failures that the CA has not counted.</summary>
    public int LocalFailures { get; init; }

    /// <summary>When the agent last renewed early because the CA wanted it before two thirds of the lifetime.</summary>
    public DateTimeOffset? HastenedAt { get; init; }

    public DateTimeOffset? NotBefore { get; init; }

    public AcmeFailure? LastFailure { get; init; }

    // The key must not be in it.
    public override string ToString() => $"{nameof(StoredName)} {Name}";
}
