namespace Culvert.Tunnel.Agent.Acme;

/// <summary>What is kept of a name: its certificate, and how far its next one has come.</summary>
internal sealed record StoredName
{
    public required string Name { get; init; }

    /// <summary>The leaf, then its chain; null before the first.</summary>
    public string? CertificatesPem { get; init; }

    public string? KeyPem { get; init; }

    /// <summary>When it is renewed; null before the first.</summary>
    public DateTimeOffset? RenewAt { get; init; }

    /// <summary>When the CA is asked again when to renew (RFC 9773); null where it offers nothing.</summary>
    public DateTimeOffset? AskAt { get; init; }

    /// <summary>
    /// At the CA, in a row. Stored, so that restarts of the agent do not cause many requests to the CA.
    /// </summary>
    public int Failures { get; init; }

    /// <summary>In a row, of those that the CA has not counted.</summary>
    public int LocalFailures { get; init; }

    /// <summary>When it was last renewed because the CA wanted it earlier than two thirds of the life.</summary>
    public DateTimeOffset? HastenedAt { get; init; }

    /// <summary>No order before this.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    public AcmeFailure? LastFailure { get; init; }

    // Never the key.
    public override string ToString() => $"{nameof(StoredName)} {Name}";
}
