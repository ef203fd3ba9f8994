using Culvert.Platform.Addresses;
using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Edge.Routing;

internal sealed record TunnelRoute
{
    /// <summary>An address that no host has (RFC 919 §7); an empty list would admit clients that authenticate.</summary>
    private static readonly AddressRanges Nobody = AddressRanges.TryParse(["255.255.255.255/32"], out var ranges, out _)
        ? ranges
        : throw new InvalidOperationException();

    public required string Id { get; init; }

    /// <summary>Lower case.</summary>
    public required string Domain { get; init; }

    /// <summary>Proven names in addition to the domain; lower case.</summary>
    public IReadOnlyList<string> Hostnames { get; init; } = [];

    public required string OrganizationId { get; init; }

    /// <summary>Agents may connect; false once it is archived.</summary>
    public required bool IsServed { get; init; }

    /// <summary>An operator has paused the tunnel: the edge refuses its clients, agents stay connected.</summary>
    public required bool IsPaused { get; init; }

    /// <summary>Where clients may come from; empty refuses all but clients that authenticate (S21, S22).</summary>
    public required AddressRanges ClientRanges { get; init; }

    /// <summary>Where agents may come from; null allows every address (S21).</summary>
    public required AddressRanges? AgentRanges { get; init; }

    /// <summary>Affinity is by client instead of hostname (S29).</summary>
    public bool IsAffineToClients { get; init; }

    /// <summary>How long its agents are accepted without contact to the service (S10); null = this edge's setting.</summary>
    public TimeSpan? OfflineGrace { get; init; }

    /// <summary>The limits of the tunnel's record; null = this edge's defaults.</summary>
    public EdgeFeedTunnelLimits? Limits { get; init; }

    /// <summary>CAs for clients of the CONNECT ingress; parsed when the first client uses it.</summary>
    public required Lazy<IReadOnlyList<ClientAuthority>> ClientAuthorities { get; init; }

    /// <summary>The IDs of <see cref="ClientAuthorities"/>, without parsing certificates.</summary>
    public required IReadOnlySet<string> ClientAuthorityIds { get; init; }

    public required IReadOnlyDictionary<string, long> Disconnects { get; init; }

    /// <summary>Whether the name is the domain, one label below it (RFC 6125 §6.4.3), or a custom hostname (S26).</summary>
    /// <param name="serverName">Lower case.</param>
    public bool Serves(string serverName) =>
        serverName == Domain
        || (
            serverName.IndexOf('.', StringComparison.Ordinal) is var dot and > 0
            && serverName.AsSpan(dot + 1).SequenceEqual(Domain)
        )
        || Hostnames.Contains(serverName, StringComparer.Ordinal);

    /// <summary>An unreadable range narrows its list: an unreadable list refuses all clients or all agents.</summary>
    public static TunnelRoute From(EdgeFeedTunnel tunnel) =>
        new()
        {
            Id = tunnel.Id,
            Domain = tunnel.Domain.ToLowerInvariant(),
            Hostnames = [.. (tunnel.Hostnames ?? []).Select(name => name.ToLowerInvariant())],
            OrganizationId = tunnel.OrganizationId,
            IsServed = tunnel.Status is TunnelStatus.Active or TunnelStatus.Paused,
            IsPaused = tunnel.Status == TunnelStatus.Paused,
            ClientRanges = Read(tunnel.ClientSourceRanges),
            AgentRanges = tunnel.AgentSourceRanges.Count == 0 ? null : Read(tunnel.AgentSourceRanges),
            IsAffineToClients = tunnel.Affinity == TunnelAffinity.Client,
            OfflineGrace = tunnel.OfflineGraceSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Limits = tunnel.Limits,
            ClientAuthorities = new Lazy<IReadOnlyList<ClientAuthority>>(() =>
                Routing.ClientAuthorities.Read(tunnel.ClientAuthorities ?? [])
            ),
            ClientAuthorityIds = (tunnel.ClientAuthorities ?? []).Select(a => a.Id).ToHashSet(StringComparer.Ordinal),
            Disconnects = (tunnel.Disconnects ?? [])
                .DistinctBy(d => d.InstanceId)
                .ToDictionary(d => d.InstanceId, d => d.Number, StringComparer.Ordinal),
        };

    private static AddressRanges Read(IReadOnlyList<string> written) =>
        AddressRanges.TryParse(written, out var ranges, out _) ? ranges : Nobody;
}
