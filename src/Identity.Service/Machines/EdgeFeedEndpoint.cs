using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Assignment;
using Culvert.Identity.Service.Tunnels.Edges;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Machines;

/// <summary><c>GET /v1/edge/feed</c>: only the tunnels that this edge serves (S6).</summary>
internal sealed class EdgeFeedEndpoint(
    FeedPolling polling,
    EdgeTunnels tunnels,
    EdgeAssignments assignments,
    EdgeStore edges,
    EdgeContacts contacts,
    LostEdges lost,
    MachineFacts facts
)
{
    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var peer = request.Peer;
        facts.RecordContact(peer);
        if (!polling.Read(request).TryGet(out var poll, out var refusal))
        {
            return refusal;
        }

        var revision = await WaitAsync(peer, poll, cancellationToken);
        facts.RecordContact(peer);
        if (revision is null)
        {
            return ApiAnswer.Empty;
        }

        // Checked again: the change that ended the wait may be this edge's revocation.
        if (await facts.IsRevokedAsync(peer, cancellationToken))
        {
            return AuthErrors.PeerRevoked.Refuse();
        }

        return await edges.FindAsync(peer.EdgeId!, cancellationToken) switch
        {
            null => RequestErrors.NotFound.Refuse(),
            { ArchivedAt: not null } => TunnelErrors.EdgeArchived.Refuse(),
            var edge => await ServeAsync(peer, revision.Value, edge, cancellationToken),
        };
    }

    private async ValueTask<long?> WaitAsync(MachinePeer peer, FeedPoll poll, CancellationToken cancellationToken)
    {
        var number = facts.BeginPoll(peer);
        try
        {
            // Before the answer: a caller that asks another node whether all edges know something must already see this
            // edge.
            await contacts.RecordContactAsync(peer.EdgeId!, cancellationToken);
            return await polling.WaitAsync(poll, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            facts.BreakPoll(peer, number);
            lost.OnBroken(peer);
            throw;
        }
    }

    private async ValueTask<ApiAnswer> ServeAsync(
        MachinePeer peer,
        long revision,
        Edge edge,
        CancellationToken cancellationToken
    )
    {
        var feed = await BuildAsync(revision, edge, cancellationToken);
        await facts.ServeAsync(peer, feed.PlatformBundle, cancellationToken);
        return ApiAnswer.Json(feed, WireJson.Default.EdgeFeed);
    }

    private async ValueTask<EdgeFeed> BuildAsync(long revision, Edge edge, CancellationToken cancellationToken)
    {
        var revoked = await facts.RevokedAsync(cancellationToken);
        var all = await tunnels.ListAsync(cancellationToken);
        var state = await assignments.GetAsync(cancellationToken);
        var own = all.Where(tunnel => state.Get(tunnel.Id).IsKnownTo(edge.Id.Value)).ToList();
        var known = own.Select(tunnel => tunnel.Id).ToHashSet(StringComparer.Ordinal);
        return new EdgeFeed
        {
            Revision = revision,
            Edge = new EdgeFeedEdge(
                Id: edge.Id.Value,
                Name: edge.Name,
                Addresses: edge.Addresses,
                DnsNames: edge.DnsNames,
                Draining: edge.DrainingAt is not null
            ),
            PlatformBundle = facts.PlatformBundle,
            Tunnels = own,
            RevokedSerials =
            [
                .. revoked
                    .EdgeSerials.Concat(known.SelectMany(id => revoked.AgentSerials[id]))
                    .Distinct(StringComparer.Ordinal)
                    .Order(StringComparer.Ordinal),
            ],
            RevokedSerialPrefixes = revoked.SerialPrefixes is { Count: > 0 } prefixes ? prefixes : null,
            AcmeChallenges = await tunnels.ChallengesAsync(known, cancellationToken),
            RevokedEnrolments = [.. known.SelectMany(id => revoked.AgentEnrollments[id]).Order(StringComparer.Ordinal)],
        };
    }
}
