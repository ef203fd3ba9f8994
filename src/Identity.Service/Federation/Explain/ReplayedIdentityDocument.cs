using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Federation.Explain;

/// <summary>An identity whose access would change.</summary>
[SchemaOnly]
internal sealed record ReplayedIdentityDocument
{
    public required string? Subject { get; init; }

    public required long Events { get; init; }

    public required string LastSeen { get; init; }

    public required string RequestId { get; init; }

    public required string? Reason { get; init; }

    public required string? Text { get; init; }
}
