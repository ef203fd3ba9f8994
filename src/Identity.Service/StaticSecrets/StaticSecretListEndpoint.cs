using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.StaticSecrets;

/// <summary><c>GET /v1/static_secrets</c>: the secrets that only a person replaces, of the service and of all agents.</summary>
internal sealed class StaticSecretListEndpoint(
    TunnelStore tunnels,
    IAgentEnrollments enrollments,
    AgentReportStore reports,
    ServiceSecrets own
)
{
    /// <summary>Tunnels read per request, at most; a page may therefore have fewer secrets than requested.</summary>
    internal const int MaxTunnels = 100;

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!PageRequest.ReadLimit(request).TryGet(out var limit, out var refusal))
        {
            return refusal;
        }

        var after = StaticSecretPlace.Start;
        if (request.Query("page") is { } cursor && !StaticSecretPlace.TryRead(cursor, out after))
        {
            return PageRequest.InvalidCursor();
        }

        var page = await ReadAsync(request.Caller, request.Query("tunnel_id"), after, limit, cancellationToken);
        return ApiAnswer.Json(page, StaticSecretsJson.Default.PageStaticSecretDocument);
    }

    private async ValueTask<Page<StaticSecretDocument>> ReadAsync(
        Caller caller,
        string? tunnelId,
        StaticSecretPlace after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var candidates = await ListTunnelsAsync(caller, tunnelId, after, cancellationToken);
        var found = new List<(StaticSecretDocument Secret, StaticSecretPlace Place)>();

        // A filter that names no visible tunnel leaves none.
        if (after.Part < StaticSecretPlace.Agents && (tunnelId is null || candidates.Count > 0))
        {
            Add(await own.ListAsync(caller, tunnelId, cancellationToken));
        }

        foreach (var tunnel in candidates.Take(MaxTunnels))
        {
            Add(await ListAgentsAsync(tunnel, cancellationToken));
            if (found.Count > limit)
            {
                break;
            }
        }

        var page = Pages.Cut([.. found.Take(limit + 1)], limit, one => one.Place.ToCursor()).Select(one => one.Secret);
        return page.NextPage is null && candidates.Count > MaxTunnels
            ? page with
            {
                NextPage = StaticSecretPlace.First(candidates[MaxTunnels].Ordinal).ToCursor(),
            }
            : page;

        void Add(IEnumerable<(StaticSecretDocument, StaticSecretPlace Place)> secrets) =>
            found.AddRange(secrets.Where(one => one.Place.IsBehind(after)));
    }

    private async ValueTask<IReadOnlyList<Tunnel>> ListTunnelsAsync(
        Caller caller,
        string? tunnelId,
        StaticSecretPlace after,
        CancellationToken cancellationToken
    )
    {
        if (tunnelId is not { } text)
        {
            return await tunnels.ListAsync(
                caller.OrganizationId,
                caller.WorkspaceId,
                new PageRequest(MaxTunnels, after.TunnelsBefore, IncludeArchived: false),
                cancellationToken
            );
        }

        return
            TunnelId.TryParse(text, out var id)
            && await tunnels.FindAsync(id.Value, cancellationToken) is { } tunnel
            && caller.Sees(tunnel.OrganizationId, tunnel.WorkspaceId)
            ? [tunnel]
            : [];
    }

    // What a revoked agent reported last is not its configuration any more.
    private async ValueTask<IEnumerable<(StaticSecretDocument, StaticSecretPlace)>> ListAgentsAsync(
        Tunnel tunnel,
        CancellationToken cancellationToken
    )
    {
        var byInstance = await reports.ListSecretsAsync(tunnel.Id, cancellationToken);
        var records = await enrollments.ListAsync(tunnel.Id, cancellationToken);
        return records
            .Where(record => record.RevokedAt is null)
            .GroupBy(record => record.CreatedAt.ToUnixTimeMilliseconds())
            .OrderByDescending(group => group.Key)
            .SelectMany(group =>
                group
                    .OrderBy(record => record.InstanceId, StringComparer.Ordinal)
                    .SelectMany(record => Describe(tunnel, record, byInstance))
                    .Select(
                        (secret, rank) =>
                            (secret, new StaticSecretPlace(StaticSecretPlace.Agents, tunnel.Ordinal, group.Key, rank))
                    )
            );
    }

    // An agent whose clock is ahead must not have used a secret in the future.
    private static IEnumerable<StaticSecretDocument> Describe(
        Tunnel tunnel,
        AgentEnrollmentRecord record,
        IReadOnlyDictionary<string, StoredAgentSecrets> reported
    ) =>
        !reported.TryGetValue(record.InstanceId, out var stored)
            ? []
            : stored.Secrets.Select(secret => new StaticSecretDocument(
                Holder: StaticSecretDocument.Agent,
                TunnelId: tunnel.Id.Value,
                InstanceId: record.InstanceId,
                ObjectId: null,
                Setting: secret.Setting,
                Kind: secret.Kind,
                Source: secret.Source,
                WrittenAt: Limit(secret.WrittenAt, stored.At),
                LastUsedAt: Limit(secret.LastUsedAt, stored.At),
                ReportedAt: stored.At.UtcDateTime
            ));

    private static DateTime? Limit(DateTime? said, DateTimeOffset at) =>
        said is { } moment && moment.ToUniversalTime() > at.UtcDateTime ? at.UtcDateTime : said?.ToUniversalTime();
}
