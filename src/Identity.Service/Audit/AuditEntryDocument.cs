using System.Text.Json;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Audit;

/// <summary>An entry of the audit.</summary>
[SchemaOnly]
internal sealed record AuditEntryDocument
{
    public required string Type { get; init; }

    public required string Node { get; init; }

    /// <summary>Numbers the node's entries without gaps.</summary>
    public required long Sequence { get; init; }

    /// <summary>Null if retention removed the body.</summary>
    public required string? Time { get; init; }

    public required string? Event { get; init; }

    public required string? Actor { get; init; }

    public required string? RequestId { get; init; }

    /// <summary>The hash of the chain up to and including this entry.</summary>
    public required string Hash { get; init; }

    public required string Salt { get; init; }

    public required string BodyDigest { get; init; }

    /// <summary>The entry as it was stored; null if retention removed it.</summary>
    public required JsonElement? Body { get; init; }
}
