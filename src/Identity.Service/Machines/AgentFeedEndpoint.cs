using Culvert.Identity.Service.Certificates.Bundles;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tunnels.Certificates;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Machines;

/// <summary><c>GET /v1/agent/feed</c>: everything that an agent must know about its tunnel.</summary>
/// <remarks>
/// Every change of the installation wakes every waiting agent. An agent that sends the digest of its feed continues to wait
/// if nothing changed for its tunnel. The agent's own poll is its sign of life; a poll of the agent's doctor (<c>probe</c>)
/// is not, and acknowledges nothing (S17).
/// </remarks>
internal sealed class AgentFeedEndpoint(FeedPolling polling, AgentFeeds feeds, BundleLedger ledger, MachineFacts facts)
    : IDisposable
{
    /// <summary>
    /// How many of the thousands of agents that wake at once are served in parallel: the others queue here, without delaying
    /// other requests. Enough for their records to share commits.
    /// </summary>
    private const int AtOnce = 256;

    private readonly SemaphoreSlim answering = new(AtOnce);

    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!polling.Read(request).TryGet(out var poll, out var refusal))
        {
            return refusal;
        }

        if (request.Query("probe") == "true")
        {
            return await ProbeAsync(request.Peer, poll, cancellationToken);
        }

        var number = facts.BeginPoll(request.Peer);
        try
        {
            return await ServeAsync(request.Peer, poll, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            facts.BreakPoll(request.Peer, number);
            throw;
        }
    }

    public void Dispose() => answering.Dispose();

    private async ValueTask<ApiAnswer> ProbeAsync(MachinePeer peer, FeedPoll poll, CancellationToken cancellationToken)
    {
        if (await polling.WaitAsync(poll with { Wait = TimeSpan.Zero }, cancellationToken) is null)
        {
            return ApiAnswer.Empty;
        }

        return await FindAsync(peer, cancellationToken) is { } feed
            ? ApiAnswer.Raw(feed.Json, "application/json")
            : RequestErrors.NotFound.Refuse();
    }

    private async ValueTask<ApiAnswer> ServeAsync(MachinePeer peer, FeedPoll poll, CancellationToken cancellationToken)
    {
        while (true)
        {
            var revision = await polling.WaitAsync(poll, cancellationToken);
            facts.RecordContact(peer);
            if (revision is null)
            {
                return await EndAsync(peer, cancellationToken);
            }

            await answering.WaitAsync(cancellationToken);
            try
            {
                var (answer, seen) = await AnswerAsync(peer, poll, revision.Value, cancellationToken);
                if (answer is { } given)
                {
                    return given;
                }

                poll = poll with { Since = seen };
            }
            finally
            {
                answering.Release();
            }

            if (polling.IsOver(poll))
            {
                return await EndAsync(peer, cancellationToken);
            }
        }
    }

    /// <summary>The wait has ended without news.</summary>
    private async ValueTask<ApiAnswer> EndAsync(MachinePeer peer, CancellationToken cancellationToken)
    {
        if (TunnelId.TryParse(peer.TunnelId, out var own))
        {
            await ledger.RecordContactAsync(own, HolderKind.Agent, peer.InstanceId!, cancellationToken);
        }

        return ApiAnswer.Empty;
    }

    /// <summary>The answer; null if the agent already has this feed, as of the returned revision.</summary>
    private async ValueTask<(ApiAnswer? Answer, long Seen)> AnswerAsync(
        MachinePeer peer,
        FeedPoll poll,
        long revision,
        CancellationToken cancellationToken
    )
    {
        // Checked again: the change that ended the wait may be this agent's revocation.
        if (await facts.IsRevokedAsync(peer, cancellationToken))
        {
            return (AuthErrors.PeerRevoked.Refuse(), revision);
        }

        if (await FindAsync(peer, cancellationToken) is not { } feed)
        {
            return (RequestErrors.NotFound.Refuse(), revision);
        }

        // An agent whose revision is higher gets everything: its revisions are another store's.
        if (poll.Since <= revision && poll.Held == feed.Digest)
        {
            return (null, feed.Revision);
        }

        await facts.ServeAsync(peer, feed.Installation.PlatformBundle, cancellationToken);

        // Before the answer: the agent's acknowledgement may arrive at another node.
        var unavailable = await ledger.ServeAsync(
            feed.Tunnel.Id,
            HolderKind.Agent,
            peer.InstanceId!,
            feed.Tunnel.BundleEpoch,
            cancellationToken
        );
        return (unavailable is null ? ApiAnswer.Raw(feed.Json, "application/json") : unavailable, revision);
    }

    private async ValueTask<AgentFeedBody?> FindAsync(MachinePeer peer, CancellationToken cancellationToken) =>
        await feeds.FindAsync(peer.TunnelId!, cancellationToken) is { } feed
        && feed.Tunnel.OrganizationId == peer.OrganizationId
            ? feed
            : null;
}
