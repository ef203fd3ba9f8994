using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Connections;

/// <summary>
/// Revokes ended grants at their upstreams (RFC 7009), each on one node at a time. An attempt is counted before it is made;
/// after the last one the grant is removed, and the audit says that the upstream was not reached.
/// </summary>
internal sealed class ConnectionRevoker(
    ConnectionStore connections,
    ConnectionGrantStore grants,
    UpstreamClient upstream,
    IJournal journal,
    TimeProvider time
)
{
    public const int MaxAttempts = 6;

    public const string Revoked = "revoked";
    public const string NotOffered = "not_offered";
    public const string GivenUp = "given_up";

    private const int PerRound = 64;

    // Doubled at each attempt: the last one is about half an hour after the first.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(1);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var grant in await grants.ListDueAsync(time.GetStoreNow(), PerRound, cancellationToken))
        {
            await RevokeAsync(grant, cancellationToken);
        }
    }

    private async Task RevokeAsync(ConnectionGrant grant, CancellationToken cancellationToken)
    {
        var now = time.GetStoreNow();
        var counted = await journal.CommitAsync(
            new Decision
            {
                Statements =
                [
                    ConnectionGrantStore.CountAttempt(grant, now + (FirstPause * (1 << (int)grant.RevokeAttempts))),
                ],
            },
            cancellationToken
        );
        if (!counted.IsCommitted)
        {
            return;
        }

        var attempted = grant with { RevokeAttempts = grant.RevokeAttempts + 1 };
        var connection = await connections.FindAsync(grant.OrganizationId, grant.ConnectionId.Value, cancellationToken);
        var outcome =
            connection?.RevocationEndpoint is null ? NotOffered
            : await upstream.RevokeAsync(connection, grant.AccessToken, grant.RefreshToken, cancellationToken) ? Revoked
            : attempted.RevokeAttempts >= MaxAttempts ? GivenUp
            : null;
        if (outcome is null)
        {
            return;
        }

        // Stale if a refresh that was underway stored newer tokens: the next attempt revokes these.
        await journal.CommitAsync(
            new Decision
            {
                Event = ConnectionEvents.RevokedUpstream(AuditOrigin.System(time.GetStoreNow()), attempted, outcome),
                Statements = [ConnectionGrantStore.Remove(grant)],
            },
            cancellationToken
        );
    }
}
