using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tokens.Assertions;

/// <summary>
/// <c>POST /v1/agent/assertions</c>: 1. the tunnel must allow the audience, 2. the assertion is signed, 3. its event is
/// committed, if the tunnel still allows the audience, 4. the agent gets it.
/// </summary>
internal sealed class AssertionEndpoint(
    TunnelStore tunnels,
    AssertionSigner signer,
    IJournal journal,
    ServiceIdentity identity,
    TimeProvider time,
    SharedLimits limits
)
{
    private static readonly RateLimit PerAgent = new(120, TimeSpan.FromMinutes(1));

    private readonly KeyedRateLimiter<(string Tunnel, string Instance)> rate = limits.Create<(string, string)>(
        "upstream_assertions",
        _ => PerAgent
    );

    public async ValueTask<ApiAnswer> IssueAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(WireJson.Default.UpstreamAssertionRequest, cancellationToken);
        if (!body.TryGet(out var wanted, out var refusal))
        {
            return refusal;
        }

        var peer = request.Peer;
        if (await tunnels.FindAsync(peer, cancellationToken) is not { } tunnel)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (FindRefusal(tunnel, wanted) is { } refused)
        {
            return refused;
        }

        if (rate.TryTake((peer.TunnelId!, peer.InstanceId!), AssertionErrors.Rate) is { } limited)
        {
            return limited;
        }

        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var claims = AssertionClaims.Create(identity, tunnel, wanted.Route, wanted.Audience, now);
        var assertion = await signer.SignAsync(
            AssertionClaims.Type,
            claims.Encode(),
            claims.IssuedAt,
            cancellationToken
        );
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = new AssertionIssued(AuditOrigin.From(peer, request, time.GetUtcNow()), tunnel, claims),
                Statements =
                [
                    TunnelStore.RequireAssertionAudiences(tunnel).ExpectingOne(AssertionErrors.Audience.Refuse()),
                ],
            },
            cancellationToken
        );
        return result.RefusalUnlessCommitted() is { } notCommitted
            ? notCommitted
            : ApiAnswer.Json(
                new UpstreamAssertion(Assertion: assertion, ExpiresAt: claims.ExpiresAt),
                WireJson.Default.UpstreamAssertion
            );
    }

    private Refusal? FindRefusal(Tunnel tunnel, UpstreamAssertionRequest wanted) =>
        !UpstreamAssertionRequest.IsRoute(wanted.Route) ? AssertionErrors.Route.Refuse()
        : tunnel.IsArchived ? TunnelErrors.Archived.Refuse()
        : !tunnel.AssertionAudiences.Contains(wanted.Audience, StringComparer.Ordinal)
            ? AssertionErrors.Audience.Refuse()
        : signer.FindRefusal();
}
