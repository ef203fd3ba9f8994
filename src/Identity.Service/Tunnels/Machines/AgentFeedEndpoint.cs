using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Certificates.Bundles;
using Culvert.Identity.Service.Certificates.Rotation;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Tunnels.Certificates;
using Culvert.Identity.Service.Tunnels.Edges;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary><c>GET /v1/agent/feed</c>: everything an agent must know about its tunnel.</summary>
internal sealed class AgentFeedEndpoint(
    FeedPolling polling,
    ITunnelStore tunnels,
    IRegisteredCertificateStore certificates,
    IEdgeStore edges,
    BundleLedger ledger,
    EarlyRenewals renewals,
    MachineFacts facts,
    AuditCheckpoints checkpoints
)
{
    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var peer = request.Peer;
        facts.Heard(peer);
        var (revision, refusal) = await polling.WaitAsync(request, cancellationToken);
        if (refusal is not null)
        {
            return refusal;
        }

        facts.Heard(peer);
        if (revision is null)
        {
            if (TunnelId.TryParse(peer.TunnelId, out var own))
            {
                await ledger.HeardAsync(own, HolderKind.Agent, peer.InstanceId!, cancellationToken);
            }

            return ApiAnswer.Empty;
        }

        // Checked again: what ended the wait may have been this agent's own revocation.
        if (await facts.IsRevokedAsync(peer, cancellationToken))
        {
            return AuthErrors.PeerRevoked.Refuse();
        }

        var tunnel = await tunnels.FindAsync(peer.TunnelId!, cancellationToken);
        if (tunnel is null || tunnel.OrganizationId != peer.OrganizationId)
        {
            return RequestErrors.NotFound.Refuse();
        }

        // Before the answer: the agent's acknowledgement may come in at another node.
        if (
            await ledger.ServeAsync(
                tunnel.Id,
                HolderKind.Agent,
                peer.InstanceId!,
                tunnel.BundleEpoch,
                cancellationToken
            ) is
            { } unavailable
        )
        {
            return unavailable;
        }

        return ApiAnswer.Json(await BuildAsync(revision.Value, tunnel, cancellationToken), WireJson.Default.AgentFeed);
    }

    private async ValueTask<AgentFeed> BuildAsync(long revision, Tunnel tunnel, CancellationToken cancellationToken)
    {
        var live = await certificates.ListLiveAsync(tunnel.Id, cancellationToken);
        var revoked = await facts.RevokedAsync(cancellationToken);
        return new AgentFeed
        {
            Revision = revision,
            Tunnel = new AgentFeedTunnel
            {
                Id = tunnel.Id.Value,
                Domain = tunnel.Domain,
                Status = tunnel.IsArchived ? TunnelStatus.Archived : TunnelStatus.Active,
                TrustBundle = new BundleDocument { Epoch = tunnel.BundleEpoch, Pem = TrustBundle.Join(live) },
            },
            Edges =
            [
                .. (await edges.ListLiveAsync(cancellationToken)).Select(edge => new AgentFeedEdge
                {
                    Id = edge.Id.Value,
                    Name = edge.Name,
                    Addresses = edge.Addresses,
                    PublicPort = edge.PublicPort,
                }),
            ],
            PlatformBundle = facts.PlatformBundle,
            AuditCheckpoint = checkpoints.Newest,
            RevokedSerials =
            [
                .. revoked.EdgeSerials.Concat(revoked.ServerSerials[tunnel.Id.Value]).Order(StringComparer.Ordinal),
            ],
            ServerCertificateMode = ModeOf(live),
            Renewals = await renewals.FindAsync(tunnel.Id, live, revision, cancellationToken),
        };
    }

    /// <summary>The service signs as soon as one live anchor is an authority of its own.</summary>
    public static string ModeOf(IReadOnlyList<RegisteredCertificate> live) =>
        live.Any(certificate => certificate.AuthorityId is not null)
            ? ServerCertificateMode.Service
            : ServerCertificateMode.Files;
}
