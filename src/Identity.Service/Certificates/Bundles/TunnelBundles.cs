using Culvert.Identity.Service.Certificates.BundleRules;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.RelyingParties;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Certificates;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Certificates.Bundles;

internal sealed class TunnelBundles(
    TunnelStore tunnels,
    RegisteredCertificateStore certificates,
    TunnelAuthorityStore authorities,
    CertificateStore inventory,
    LeafFacts leaves,
    BundleHolderStore holders,
    RelyingPartyStore parties,
    AgentDirectory agents,
    TimeProvider time
)
{
    /// <summary>Afterwards a relying party blocks until it calls, or is removed or overridden (S17).</summary>
    public static readonly TimeSpan SilentAfter = TimeSpan.FromDays(7);

    // No anchor was added before epoch 0: a holder of this epoch has none of them.
    private const long Unknown = -1;

    public async ValueTask<TunnelBundle?> LoadAsync(TunnelId id, CancellationToken cancellationToken)
    {
        if (await tunnels.FindAsync(id.Value, cancellationToken) is not { } tunnel)
        {
            return null;
        }

        var live = await certificates.ListLiveAsync(id, cancellationToken);
        var states = (await authorities.ListOfTunnelAsync(id, cancellationToken)).ToDictionary(
            authority => authority.Id.Value,
            StringComparer.Ordinal
        );
        var anchors = new List<BundleAnchor>();
        foreach (var certificate in live)
        {
            anchors.Add(await AnchorOfAsync(certificate, states, cancellationToken));
        }

        var known = await holders.ListAsync(id, cancellationToken);
        var machines = (await agents.ListAsync(tunnel, edges: [], cancellationToken)).Where(agent =>
            agent.RevokedAt is null
        );
        var listed = machines.ToDictionary(agent => agent.Id, StringComparer.Ordinal);
        var everyParty = await parties.ListAsync(id, includeArchived: true, cancellationToken);
        var registered = everyParty.Where(party => party.ArchivedAt is null).ToList();
        return new TunnelBundle(
            tunnel,
            new BundleState(
                tunnel.BundleEpoch,
                [.. anchors],
                [
                    .. await AgentsAsync(listed.Values, known, cancellationToken),
                    .. registered.Select(party => ToHolder(party, FindKnown(known, party))),
                ]
            ),
            live.ToDictionary(GetAnchorId, StringComparer.Ordinal),
            listed,
            registered.ToDictionary(
                party => party.Id.Value,
                party => (party, FindKnown(known, party)),
                StringComparer.Ordinal
            )
        )
        {
            Departed = [.. everyParty.Where(party => party.ArchivedAt is not null).SelectMany(FindDeparted)],
        };

        IEnumerable<(RelyingParty, KnownHolder)> FindDeparted(RelyingParty party) =>
            FindKnown(known, party) is { } holder
            && BundleAcknowledgements.SpeaksForItself(party, holder)
            && time.GetUtcNow() - holder.HeardAt <= SilentAfter
                ? [(party, holder)]
                : [];
    }

    private static string GetAnchorId(RegisteredCertificate certificate) =>
        certificate.AuthorityId ?? certificate.Id.Value;

    private static KnownHolder? FindKnown(IReadOnlyList<KnownHolder> known, RelyingParty party) =>
        known.FirstOrDefault(holder => holder.Kind == HolderKind.RelyingParty && holder.Holder == party.Id.Value);

    private async ValueTask<BundleAnchor> AnchorOfAsync(
        RegisteredCertificate certificate,
        Dictionary<string, TunnelAuthority> states,
        CancellationToken cancellationToken
    )
    {
        var authority = certificate.AuthorityId is { } id ? states.GetValueOrDefault(id) : null;
        var last = authority is null ? null : await inventory.LastNotAfterAsync(authority.Id.Value, cancellationToken);
        return new BundleAnchor(
            GetAnchorId(certificate),
            ToRole(authority),
            certificate.AddedEpoch,
            last + AuthorityLifecycle.Skew > time.GetUtcNow()
        );
    }

    private static AnchorRole ToRole(TunnelAuthority? authority) =>
        authority switch
        {
            { HoldsKey: true, State: AuthorityState.Staged } => AnchorRole.Staged,
            { HoldsKey: true, State: AuthorityState.Active } => AnchorRole.Active,
            { State: AuthorityState.Retiring } => AnchorRole.Retiring,
            { State: AuthorityState.Tainted } => AnchorRole.Tainted,
            _ => AnchorRole.Trusted,
        };

    // A report counts only from the agent's current certificate: after each renewal it reports again.
    private async ValueTask<IEnumerable<BundleHolder>> AgentsAsync(
        IReadOnlyCollection<AgentDocument> machines,
        IReadOnlyList<KnownHolder> known,
        CancellationToken cancellationToken
    )
    {
        var byInstance = known
            .Where(holder => holder.Kind == HolderKind.Agent)
            .ToDictionary(holder => holder.Holder, StringComparer.Ordinal);
        var shown = machines.Select(agent => agent.ServerSerial).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var issuers = await leaves.IssuersAsync(shown, cancellationToken);
        return machines.Select(agent =>
        {
            var copy = byInstance.GetValueOrDefault(agent.InstanceId);
            var isOwn = copy is not null && copy.AcknowledgedBy == agent.Serial;
            return new BundleHolder(
                agent.Id,
                HolderKind.Agent,
                Counts: agent.IsAwaited,
                copy?.Served ?? 0,
                isOwn ? copy!.Acknowledged : Unknown,
                agent.ServerSerial is { } serial ? issuers.GetValueOrDefault(serial) : null
            );
        });
    }

    /// <summary>An administrator's confirmation holds until it is changed: such a party is not expected to call.</summary>
    public static bool IsSilent(RelyingParty party, KnownHolder? known, DateTimeOffset now) =>
        known is { AcknowledgedBy: { } by }
        && (by == party.Id.Value || by == party.ServiceAccountId)
        && now - known.HeardAt > SilentAfter;

    private BundleHolder ToHolder(RelyingParty party, KnownHolder? known)
    {
        var isSilent = IsSilent(party, known, time.GetUtcNow());
        return new BundleHolder(
            party.Id.Value,
            HolderKind.RelyingParty,
            Counts: true,
            known?.Served ?? 0,
            isSilent || known?.AcknowledgedAt is null ? Unknown : known.Acknowledged
        );
    }
}
