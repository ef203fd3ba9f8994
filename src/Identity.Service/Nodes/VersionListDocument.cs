namespace Culvert.Identity.Service.Nodes;

/// <summary>The answer of <c>GET /v1/versions</c>.</summary>
/// <param name="ServiceVersion">The version of the node that answers, to which the others are compared.</param>
internal sealed record VersionListDocument(string ServiceVersion, IReadOnlyList<VersionDocument> Data)
{
    /// <summary>Always null: there is only one page.</summary>
    public string? NextPage { get; }
}
