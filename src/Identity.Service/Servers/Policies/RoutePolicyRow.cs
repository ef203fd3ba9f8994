using System.ComponentModel.DataAnnotations.Schema;

namespace Culvert.Identity.Service.Servers.Policies;

internal sealed record RoutePolicyRow
{
    public required string Id { get; init; }

    public required long Ordinal { get; init; }

    public required string TunnelId { get; init; }

    [NotMapped]
    public required string OrganizationId { get; init; }

    public required string Hostname { get; init; }

    public required long Version { get; init; }

    public required string Content { get; init; }

    public required string Digest { get; init; }

    public string? Comment { get; init; }

    public required string State { get; init; }

    public string? ReplacedId { get; init; }

    public required string DraftedBy { get; init; }

    public required string DraftedPerson { get; init; }

    public required long DraftedAtMs { get; init; }

    public string? DecidedBy { get; init; }

    public long? DecidedAtMs { get; init; }

    public string? Reason { get; init; }
}
