namespace Culvert.Identity.Service.Documentation.Shapes;

/// <summary>A page of the audit.</summary>
internal sealed record AuditListDocument
{
    public required IReadOnlyList<AuditEntryDocument> Data { get; init; }

    public required string? NextPage { get; init; }
}
