using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Federation.ServiceAccounts;

/// <summary>The identity of an exchanged token. It has no password and no address: only rules grant its tokens.</summary>
internal sealed record ServiceAccount
{
    public required ServiceAccountId Id { get; init; }

    public required string OrganizationId { get; init; }

    public required string Name { get; init; }

    public required string Description { get; init; }

    public required OrganizationRole Role { get; init; }

    public int Version { get; init; } = 1;

    public required ChangeStamps Stamps { get; init; }

    public bool IsArchived => Stamps.ArchivedAt is not null;
}
