namespace Culvert.Identity.Service.Servers.Policies;

/// <summary>A new version of a route's policy.</summary>
internal sealed record DraftRoutePolicyRequest
{
    public const int MaxComment = 1000;

    /// <summary>The route's hostname: the tunnel's domain, or one label below it.</summary>
    public required string Hostname { get; init; }

    /// <summary>The YAML that a configuration file would have under <c>policy</c>. It must contain <c>mode</c>.</summary>
    public required string Text { get; init; }

    /// <summary>A note for the reviewer.</summary>
    public string? Comment { get; init; }
}
