using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Tokens.Metadata;

/// <summary>RFC 7517 §5.</summary>
[SchemaOnly]
internal sealed record KeySetDocument
{
    /// <summary>Public keys as JSON Web Keys.</summary>
    public required IReadOnlyList<Dictionary<string, string>> Keys { get; init; }
}
