using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Edges;

internal sealed record EdgeRow
{
    public required string Id { get; init; }

    public long Ordinal { get; init; }

    public required string Name { get; init; }

    public required string Addresses { get; init; }

    public required string DnsNames { get; init; }

    public long? PublicPort { get; init; }

    public long? ConnectPort { get; init; }

    public long? DrainingAt { get; init; }

    public long CreatedAt { get; init; }

    public long? ArchivedAt { get; init; }

    public Edge ToEdge() =>
        new()
        {
            Id = EdgeId.Wrap(Id),
            Ordinal = Ordinal,
            Name = Name,
            Addresses = TextList.Split(Addresses),
            DnsNames = TextList.Split(DnsNames),
            PublicPort = (int?)PublicPort,
            ConnectPort = (int?)ConnectPort,
            DrainingAt = Instants.FromStore(DrainingAt),
            CreatedAt = Instants.FromStore(CreatedAt),
            ArchivedAt = Instants.FromStore(ArchivedAt),
        };
}
