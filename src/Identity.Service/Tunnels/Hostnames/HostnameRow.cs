using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Hostnames;

internal sealed record HostnameRow
{
    public required string TunnelId { get; init; }

    public required string Name { get; init; }

    public required string State { get; init; }

    public string? ApprovedBy { get; init; }

    public long CreatedAt { get; init; }

    public long? ActiveAt { get; init; }

    public long? CheckedAt { get; init; }

    public string? CheckResult { get; init; }

    public long Misses { get; init; }

    public Hostname ToHostname() =>
        new()
        {
            TunnelId = Culvert.Identity.Service.Ids.TunnelId.Wrap(TunnelId),
            Name = Name,
            State = State,
            ApprovedBy = ApprovedBy,
            CreatedAt = Instants.FromStore(CreatedAt),
            ActiveAt = Instants.FromStore(ActiveAt),
            CheckedAt = Instants.FromStore(CheckedAt),
            CheckResult = CheckResult,
            Misses = Misses,
        };
}
