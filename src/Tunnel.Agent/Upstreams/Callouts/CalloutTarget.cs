using Culvert.Platform.Addresses;

namespace Culvert.Tunnel.Agent.Upstreams.Callouts;

internal sealed record CalloutTarget
{
    public const string DefaultCategory = "config";

    private const string TokenEndpoint = "token-endpoint";

    /// <summary>The name that callers use; they never see the URL.</summary>
    public required string Name { get; init; }

    /// <summary>Scheme, host, port, path and query, all of them exact; no user, no fragment.</summary>
    public required Uri Url { get; init; }

    public string Description { get; init; } = "";

    public string Category { get; init; } = DefaultCategory;

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Whether callers may learn the URL, as the audience of an assertion.</summary>
    public bool IsTokenEndpoint => Tags.Contains(TokenEndpoint, StringComparer.Ordinal);

    public required IReadOnlyList<string> Methods { get; init; }

    /// <summary>Names of headers that a caller may set.</summary>
    public required IReadOnlyList<string> RequestHeaders { get; init; }

    /// <summary>Names of headers that a caller sees.</summary>
    public required IReadOnlyList<string> ResponseHeaders { get; init; }

    public required int MaxRequestBytes { get; init; }

    public required int MaxResponseBytes { get; init; }

    /// <summary>Limits the whole call, including redirects.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Each redirect must lead to the exact URL of a target that allows the method.</summary>
    public required int MaxRedirects { get; init; }

    /// <summary>Checked for the resolved address of every connection.</summary>
    public required AddressRanges AllowedRanges { get; init; }
}
