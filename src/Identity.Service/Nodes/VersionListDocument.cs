namespace Culvert.Identity.Service.Nodes;

/// <summary>The answer of <c>GET /v1/versions</c>.</summary>
internal sealed record VersionListDocument
{
    /// <summary>The version of the node that answers, to which the others are compared.</summary>
    public required string ServiceVersion { get; init; }

    public required IReadOnlyList<VersionDocument> Data { get; init; }

    /// <summary>Always null: there is only one page.</summary>
    public string? NextPage { get; }
}
