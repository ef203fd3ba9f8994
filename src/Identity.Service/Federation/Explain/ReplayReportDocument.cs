using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Federation.Explain;

/// <summary>Who would gain or lose access by a change of a rule.</summary>
[SchemaOnly]
internal sealed record ReplayReportDocument
{
    public required string Type { get; init; }

    public required string FederationRuleId { get; init; }

    public required int PresentVersion { get; init; }

    public required string StateAfter { get; init; }

    public required string Since { get; init; }

    public required string? Oldest { get; init; }

    public required long Events { get; init; }

    public required bool Truncated { get; init; }

    public required long StillAllowed { get; init; }

    public required long StillDenied { get; init; }

    public required int NewlyAllowedTotal { get; init; }

    public required int NewlyDeniedTotal { get; init; }

    public required IReadOnlyList<ReplayedIdentityDocument> NewlyAllowed { get; init; }

    public required IReadOnlyList<ReplayedIdentityDocument> NewlyDenied { get; init; }
}
