namespace Culvert.Platform.Wire;

/// <summary>The active version of a route's policy, for agents that take their policies from the service.</summary>
public sealed record AgentFeedPolicy
{
    /// <summary>The route's hostname: the tunnel's domain, or one label below it.</summary>
    public required string Hostname { get; init; }

    /// <summary><c>pol_…</c>.</summary>
    public required string Id { get; init; }

    public required long Version { get; init; }

    /// <summary>SHA-256 of the text in UTF-8, lower-case hexadecimal.</summary>
    public required string Digest { get; init; }

    /// <summary>The policy in YAML, as in a file's <c>policy</c> section.</summary>
    public required string Text { get; init; }
}
