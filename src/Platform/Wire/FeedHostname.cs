namespace Culvert.Platform.Wire;

/// <summary>A hostname of the tunnel besides its own domain (S26).</summary>
public sealed record FeedHostname
{
    /// <summary>In lower case, without a final dot.</summary>
    public required string Name { get; init; }

    /// <summary>One of <see cref="HostnameState"/>; only an active one is served.</summary>
    public required string State { get; init; }
}
