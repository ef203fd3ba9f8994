using System.Buffers.Text;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels.Hostnames;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Jose.Base64;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Challenges;

/// <summary>
/// <c>/v1/agent/acme_challenges</c> and the edges' counterpart (S25): one agent announces a challenge, the feed sends
/// it to all agents and edges, and each acknowledges it.
/// </summary>
internal sealed class AcmeChallengeEndpoints(
    TunnelStore tunnels,
    HostnameStore hostnames,
    AcmeChallengeStore challenges,
    IAgentEnrollments enrollments,
    AgentDirectory agents,
    TunnelEdges edges,
    IJournal journal,
    TimeProvider time,
    SharedLimits limits
)
{
    /// <summary>Maximum number of live challenges per tunnel; edges and agents hold them all.</summary>
    public const int MaxLive = 32;

    public static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(10);

    private const int DigestBytes = 32; // SHA-256
    private const int MaxNameLength = 253;

    private static readonly RateLimit Announcements = new(30, TimeSpan.FromMinutes(1));
    private readonly KeyedRateLimiter<string> rate = limits.Create<string>("acme_challenges", _ => Announcements);

    public async ValueTask<ApiAnswer> AnnounceAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(WireJson.Default.AcmeChallengeRequest, cancellationToken);
        if (!body.TryGet(out var wanted, out var refused))
        {
            return refused;
        }

        if (await tunnels.FindAsync(request.Peer, cancellationToken) is not { } tunnel)
        {
            return RequestErrors.NotFound.Refuse();
        }

        var now = time.GetStoreNow();
        if (await CheckAsync(tunnel, wanted, now, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var name = wanted.Name.ToLowerInvariant();
        var known = await challenges.FindByNameAsync(name, cancellationToken);
        if (
            known is not null
            && known.ExpiresAt > now
            && (known.TunnelId, known.Digest) == (tunnel.Id.Value, wanted.KeyAuthorizationSha256)
        )
        {
            return await AnswerAsync(tunnel, known, cancellationToken);
        }

        if (rate.TryTake(tunnel.Id.Value, AcmeChallengeErrors.Rate) is { } limited)
        {
            return limited;
        }

        var challenge = new AcmeChallenge
        {
            Id = AcmeChallengeId.New(),
            TunnelId = tunnel.Id.Value,
            InstanceId = request.Peer.InstanceId!,
            Name = name,
            Digest = wanted.KeyAuthorizationSha256,
            CreatedAt = now,
            ExpiresAt = Instants.FromStore(wanted.ExpiresAt.ToStore()),
        };
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = Event(AuditEvents.AcmeChallengeAnnounced, request, tunnel, challenge),
                Statements = challenges.Insert(challenge, MaxLive),
                Changes = ChangeTopics.Feed,
            },
            cancellationToken
        );
        return result.RefusalUnlessCommitted() is { } notCommitted
            ? notCommitted
            : await AnswerAsync(tunnel, challenge, cancellationToken);
    }

    public async ValueTask<ApiAnswer> RetrieveAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await FindOwnAsync(request, cancellationToken) is var (tunnel, challenge)
            ? await AnswerAsync(tunnel, challenge, cancellationToken)
            : RequestErrors.NotFound.Refuse();

    public async ValueTask<ApiAnswer> EndAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (await FindOwnAsync(request, cancellationToken) is not var (tunnel, challenge))
        {
            return RequestErrors.NotFound.Refuse();
        }

        var result = await journal.CommitAsync(
            new Decision
            {
                Event = Event(AuditEvents.AcmeChallengeEnded, request, tunnel, challenge),
                Statements = challenges.Remove(challenge.Id),
                Changes = ChangeTopics.Feed,
            },
            cancellationToken
        );
        return result.RefusalUnlessCommitted() is { } refused ? refused : ApiAnswer.Empty;
    }

    public async ValueTask<ApiAnswer> AcknowledgeByAgentAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (await FindOwnAsync(request, cancellationToken) is not var (tunnel, challenge))
        {
            return RequestErrors.NotFound.Refuse();
        }

        var own = (await enrollments.ListAsync(tunnel.Id, cancellationToken)).FirstOrDefault(record =>
            record.InstanceId == request.Peer.InstanceId && record.RevokedAt is null
        );
        return own is null
            ? RequestErrors.NotFound.Refuse()
            : await AcknowledgeAsync(challenge.Id, own.Id.Value, cancellationToken);
    }

    public async ValueTask<ApiAnswer> AcknowledgeByEdgeAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await FindLiveAsync(request, cancellationToken) is { } challenge
        && await IsServedByAsync(challenge, request.Peer.EdgeId!, cancellationToken)
            ? await AcknowledgeAsync(challenge.Id, request.Peer.EdgeId!, cancellationToken)
            : RequestErrors.NotFound.Refuse();

    // For other edges the challenge does not exist, as in their feed (S6).
    private async ValueTask<bool> IsServedByAsync(
        AcmeChallenge challenge,
        string edgeId,
        CancellationToken cancellationToken
    ) => (await edges.AssignmentAsync(challenge.TunnelId, cancellationToken)).IsKnownTo(edgeId);

    private async ValueTask<ApiAnswer> AcknowledgeAsync(
        AcmeChallengeId id,
        string holder,
        CancellationToken cancellationToken
    )
    {
        var result = await journal.CommitAsync(
            new Decision { Statements = challenges.Acknowledge(id, holder) },
            cancellationToken
        );
        return result.RefusalUnlessCommitted() is { } refused ? refused : ApiAnswer.Empty;
    }

    private async ValueTask<Refusal?> CheckAsync(
        Tunnel tunnel,
        AcmeChallengeRequest wanted,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (!IsDigest(wanted.KeyAuthorizationSha256))
        {
            return AcmeChallengeErrors.Digest.Refuse();
        }

        if (wanted.ExpiresAt <= now || wanted.ExpiresAt - now > LongestLife)
        {
            return AcmeChallengeErrors.Expiry.Refuse();
        }

        return await IsOwnNameAsync(tunnel, wanted.Name.ToLowerInvariant(), cancellationToken)
            ? null
            : AcmeChallengeErrors.Name.Refuse();
    }

    private async ValueTask<bool> IsOwnNameAsync(Tunnel tunnel, string name, CancellationToken cancellationToken)
    {
        if (name.Length > MaxNameLength || !HostNames.IsDnsName(name))
        {
            return false;
        }

        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return name == tunnel.Domain
            || name[(dot + 1)..] == tunnel.Domain
            || await hostnames.FindAsync(tunnel.Id, name, cancellationToken) is { State: HostnameState.Active };
    }

    private static bool IsDigest(string text) =>
        text.Length == Base64Url.GetEncodedLength(DigestBytes)
        && CanonicalBase64Url.Decode(text) is { Length: DigestBytes };

    private async ValueTask<(Tunnel Tunnel, AcmeChallenge Challenge)?> FindOwnAsync(
        ApiRequest request,
        CancellationToken cancellationToken
    ) =>
        await tunnels.FindAsync(request.Peer, cancellationToken) is { } tunnel
        && await FindLiveAsync(request, cancellationToken) is { } challenge
        && challenge.TunnelId == tunnel.Id.Value
            ? (tunnel, challenge)
            : null;

    private async ValueTask<AcmeChallenge?> FindLiveAsync(ApiRequest request, CancellationToken cancellationToken) =>
        AcmeChallengeId.TryParse(request.Route("challenge_id"), out var id)
        && await challenges.FindAsync(id.Value, cancellationToken) is { } challenge
        && challenge.ExpiresAt > time.GetUtcNow()
            ? challenge
            : null;

    private async ValueTask<ApiAnswer> AnswerAsync(
        Tunnel tunnel,
        AcmeChallenge challenge,
        CancellationToken cancellationToken
    )
    {
        var holders = await challenges.HoldersAsync(challenge.Id, cancellationToken);
        var live = (await agents.ListAsync(tunnel, edges: [], cancellationToken))
            .Where(agent => agent.IsAwaited)
            .Select(agent => agent.Id)
            .Concat(
                (await edges.ListAsync(tunnel, cancellationToken)).Where(edge => edge.Live).Select(edge => edge.Id)
            );
        IReadOnlyList<string> waiting = [.. live.Where(id => !holders.Contains(id)).Order(StringComparer.Ordinal)];
        return ApiAnswer.Json(
            new AcmeChallengeDocument
            {
                Id = challenge.Id.Value,
                Name = challenge.Name,
                ExpiresAt = challenge.ExpiresAt,
                Acknowledged = waiting.Count == 0,
                WaitingFor = waiting,
            },
            WireJson.Default.AcmeChallengeDocument
        );
    }

    private AcmeChallengeDecided Event(string name, ApiRequest request, Tunnel tunnel, AcmeChallenge challenge) =>
        new(name, AuditOrigin.From(request.Peer, request, time.GetUtcNow()), tunnel.OrganizationId, challenge);
}
