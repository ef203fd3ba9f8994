using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Federation.ServiceAccounts;

/// <summary>Whom an exchanged token acts as: no password, no address, only rules lead to it.</summary>
internal sealed record ServiceAccount
{
    public required ServiceAccountId Id { get; init; }

    public required string OrganizationId { get; init; }

    /// <summary>Never changes.</summary>
    public required string Name { get; init; }

    public required string Description { get; init; }

    public required OrganizationRole Role { get; init; }

    public int Version { get; init; } = 1;

    public required ChangeStamps Stamps { get; init; }

    public bool IsArchived => Stamps.ArchivedAt is not null;
}
