using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.RangeSets;

internal sealed record ClientRangeSetRow
{
    public required string OrganizationId { get; init; }

    public required string Name { get; init; }

    public required string Ranges { get; init; }

    public long Revision { get; init; }

    public long UpdatedAt { get; init; }

    public ClientRangeSet ToSet() =>
        new(OrganizationId, Name, TextList.Split(Ranges), Revision, Instants.FromStore(UpdatedAt));
}
