using Culvert.Identity.Service.Certificates.BundleRules;
using Culvert.Identity.Service.Certificates.Bundles;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tunnels.Certificates;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>
/// Lets an authority issue once live agents and registered relying parties, and for a while archived ones, hold a
/// bundle with it (S17). Without relying parties, clients have the propagation time to fetch it.
/// </summary>
internal sealed class ActivationGate(TunnelBundles bundles, Current<CertificateOptions> options, TimeProvider time)
    : IActivationGate
{
    /// <summary>The id with which an override accepts that the propagation time is not over.</summary>
    public const string PropagationId = "propagation";

    public async ValueTask<IReadOnlyList<ActivationBlocker>> BlockersAsync(
        TunnelAuthority authority,
        CancellationToken cancellationToken
    ) =>
        await bundles.LoadAsync(authority.TunnelId, cancellationToken) is { } bundle
            ? Blockers(bundle, authority.Id.Value)
            : [];

    public IReadOnlyList<ActivationBlocker> Blockers(TunnelBundle bundle, string authorityId)
    {
        if (bundle.State.Find(authorityId) is not { } anchor)
        {
            return [];
        }

        // Without another anchor no client trusts the tunnel yet, so no client outside can lose a connection.
        var hasPredecessor = bundle.State.Anchors.Length > 1;
        List<ActivationBlocker> blockers =
        [
            .. BundleProtocol
                .Missing(bundle.State, authorityId)
                .Where(holder => hasPredecessor || holder.Kind == HolderKind.Agent)
                .Select(holder => new ActivationBlocker(
                    holder.Kind == HolderKind.Agent ? ActivationBlockerKind.Agent : ActivationBlockerKind.RelyingParty,
                    holder.Id,
                    bundle.WaitsSince(holder, authorityId),
                    anchor.Since
                )),
        ];
        // Archiving a relying party needs two administrators (S16): one could otherwise archive it before the staging.
        if (hasPredecessor && !options.Value.SingleApproval)
        {
            blockers.AddRange(
                bundle
                    .Departed.Where(one => one.Known.Acknowledged < anchor.Since)
                    .Select(one => new ActivationBlocker(
                        ActivationBlockerKind.ArchivedRelyingParty,
                        one.Party.Id.Value,
                        bundle.Anchors[authorityId].CreatedAt,
                        anchor.Since
                    ))
            );
        }

        if (hasPredecessor && bundle.Parties.Count == 0 && PropagationEnds(bundle, authorityId) > time.GetUtcNow())
        {
            blockers.Add(
                new ActivationBlocker(
                    ActivationBlockerKind.Propagation,
                    PropagationId,
                    bundle.Anchors[authorityId].CreatedAt,
                    anchor.Since
                )
            );
        }

        return blockers;
    }

    /// <summary>When clients that do not acknowledge count as having fetched the bundle.</summary>
    public DateTimeOffset PropagationEnds(TunnelBundle bundle, string authorityId) =>
        bundle.Anchors[authorityId].CreatedAt + options.Value.Propagation;
}
