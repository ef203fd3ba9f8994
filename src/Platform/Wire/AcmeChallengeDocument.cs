namespace Culvert.Platform.Wire;

/// <summary>An announced challenge and the machines that have not acknowledged it (S25).</summary>
public sealed record AcmeChallengeDocument
{
    public const string TypeName = "acme_challenge";

    public string Type { get; init; } = TypeName;

    /// <summary><c>acmc_…</c>.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Every live agent of the tunnel and every live edge has the challenge: the authority may validate.</summary>
    public required bool Acknowledged { get; init; }

    /// <summary>Ids of the agents (<c>agt_…</c>) and edges (<c>edge_…</c>) that have not acknowledged.</summary>
    public required IReadOnlyList<string> WaitingFor { get; init; }
}
