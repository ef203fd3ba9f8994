using Culvert.Identity.Service.Certificates.BundleRules;
using Culvert.Identity.Service.Certificates.Bundles;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tunnels.Certificates;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>Reports what an operator must know of an authority before each step.</summary>
internal sealed class RotationReport(
    TunnelBundles bundles,
    ActivationGate gate,
    CertificateStore inventory,
    LeafFacts leaves,
    SigningAttempts attempts,
    TimeProvider time
)
{
    public async ValueTask<RotationDocument?> MakeAsync(TunnelAuthority authority, CancellationToken cancellationToken)
    {
        if (await bundles.LoadAsync(authority.TunnelId, cancellationToken) is not { } bundle)
        {
            return null;
        }

        var id = authority.Id.Value;
        var anchor = bundle.State.Find(id);
        IReadOnlyList<ActivationBlocker> blockers =
            authority.State == AuthorityState.Staged ? gate.Blockers(bundle, id) : [];
        var last = await inventory.LastNotAfterAsync(id, cancellationToken);
        var attempt = await attempts.FindAsync(authority.Id, cancellationToken);
        return new RotationDocument(
            Id: id,
            Name: authority.Name,
            TunnelId: authority.TunnelId.Value,
            State: WireNames.Get(authority.State),
            TrustBundleEpoch: bundle.State.Epoch,
            NeededEpoch: anchor?.Since,
            Missing: [.. blockers.Select(blocker => Describe(bundle, blocker))],
            LateJoiners:
            [
                .. bundle
                    .State.Holders.Where(holder => holder.Kind == HolderKind.Agent && !holder.Counts)
                    .Select(holder => holder.Id),
            ],
            PropagationEndsAt: anchor?.Role == AnchorRole.Staged && bundle.Parties.Count == 0
                ? gate.PropagationEnds(bundle, id).UtcDateTime
                : null,
            LiveLeaves: await leaves.CountLiveAsync(id, time.GetUtcNow(), cancellationToken),
            RetiresAt: (last + AuthorityLifecycle.Skew)?.UtcDateTime,
            AffectedAgents: [.. bundle.State.Holders.Where(holder => holder.LeafOf == id).Select(holder => holder.Id)],
            Signing: attempt is null ? null : RotationSigning.From(attempt, time.GetUtcNow()),
            Override: blockers.Count == 0
                ? null
                : $"culvert ca override {id} --missing {string.Join(' ', blockers.Select(b => b.Id))} --reason TEXT",
            Next: blockers.Count == 0
                ? AuthorityNextSteps.Describe(authority)
                : AuthorityNextSteps.Describe(authority, blockers)
        );
    }

    private static RotationMissing Describe(TunnelBundle bundle, ActivationBlocker blocker)
    {
        var agent = bundle.Agents.GetValueOrDefault(blocker.Id);
        var (party, known) = bundle.Parties.GetValueOrDefault(blocker.Id);
        if (party is null)
        {
            (party, known) = bundle.Departed.FirstOrDefault(one => one.Party.Id.Value == blocker.Id);
        }

        var holder = bundle.State.Holders.FirstOrDefault(present => present.Id == blocker.Id);
        return new RotationMissing(
            Kind: blocker.KindName,
            Id: blocker.Id,
            Name: agent?.InstanceId ?? party?.Name,
            Since: blocker.Since.UtcDateTime,
            NeededEpoch: blocker.NeededEpoch,
            AcknowledgedEpoch: holder is { Acknowledged: >= 0 } ? holder.Acknowledged : null,
            LastHeardAt: agent?.LastContactAt ?? known?.HeardAt.UtcDateTime
        );
    }
}
