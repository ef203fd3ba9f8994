using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tokens.Assertions;
using Culvert.Identity.Service.Tunnels;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.GitHubApps;

/// <summary>
/// <c>POST /v1/agent/github_app_tokens</c>: 1. the configuration must name the agent's tunnel, 2. GitHub issues the token,
/// 3. its event is committed, 4. the agent gets it.
/// </summary>
internal sealed class GitHubTokenEndpoint(
    IReadOnlyList<GitHubAppOptions> apps,
    GitHubClient gitHub,
    TunnelStore tunnels,
    IJournal journal,
    ClockGuard clock,
    TimeProvider time,
    SharedLimits limits
)
{
    private static readonly RateLimit PerAgent = new(30, TimeSpan.FromMinutes(1));

    private readonly KeyedRateLimiter<(string Tunnel, string Instance)> rate = limits.Create<(string, string)>(
        "github_app_tokens",
        _ => PerAgent
    );

    public async ValueTask<ApiAnswer> PostAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(WireJson.Default.GitHubTokenRequest, cancellationToken);
        if (!body.TryGet(out var wanted, out var refusal))
        {
            return refusal;
        }

        var peer = request.Peer;
        if (await tunnels.FindAsync(peer, cancellationToken) is not { } tunnel)
        {
            return RequestErrors.NotFound.Refuse();
        }

        var app = apps.FirstOrDefault(one =>
            one.Name == wanted.GithubApp && one.Tunnels.Contains(tunnel.Id.Value, StringComparer.Ordinal)
        );
        if (
            (
                !UpstreamAssertionRequest.IsRoute(wanted.Route) ? AssertionErrors.Route.Refuse()
                : tunnel.IsArchived ? TunnelErrors.Archived.Refuse()
                : app is null ? GitHubErrors.Unknown.Refuse()
                : clock.RefusalIfAlarmed() ?? rate.TryTake((peer.TunnelId!, peer.InstanceId!), GitHubErrors.Rate)
            ) is
            { } refused
        )
        {
            return refused;
        }

        var issued = await gitHub.RequestAsync(app!, cancellationToken);
        if (!issued.IsOk)
        {
            return issued.Refusal;
        }

        var result = await journal.CommitAsync(
            new Decision
            {
                Event = new GitHubTokenIssued(
                    AuditOrigin.From(peer, request, time.GetUtcNow()),
                    tunnel,
                    wanted.Route,
                    app!,
                    issued.Value.ExpiresAt
                ),
                Statements =
                [
                    TunnelStore.RequireAssertionAudiences(tunnel).ExpectingOne(TunnelErrors.Archived.Refuse()),
                ],
            },
            cancellationToken
        );
        return result.RefusalUnlessCommitted() is { } notCommitted
            ? notCommitted
            : ApiAnswer.Json(issued.Value, WireJson.Default.GitHubToken);
    }
}
