using System.Collections.Concurrent;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Connections;

/// <summary>
/// Hands out the access tokens of people. A token that is about to expire is refreshed by one request at a time over all
/// nodes: it reserves the grant, asks the upstream, and stores the answer before it answers. The others wait for the result.
/// </summary>
internal sealed class ConnectionTokens(
    ConnectionGrantStore grants,
    UpstreamClient upstream,
    InactivePeople inactive,
    ServiceIdentity identity,
    IJournal journal,
    TimeProvider time,
    ILogger<ConnectionTokens> logger
)
{
    /// <summary>A token that expires sooner is refreshed.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    /// <summary>After a failed refresh, the upstream is left alone for so long.</summary>
    public static readonly TimeSpan FailurePause = TimeSpan.FromSeconds(5);

    // Longer than the upstream and the store may take.
    private static readonly TimeSpan Reservation = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(250);

    // The expiry in the answer for a token that does not expire: the agent asks again, and learns that the grant ended.
    private static readonly TimeSpan LongestUse = TimeSpan.FromHours(1);

    // The refreshes of this node by grant.
    private readonly ConcurrentDictionary<string, Task> underway = new(StringComparer.Ordinal);

    /// <param name="refusedHash">
    /// Hash of a token that the upstream refused: that one is refreshed before it expires; null: none.
    /// </param>
    public async ValueTask<Result<ConnectionTokenAnswer>> GetAsync(
        AuditCause cause,
        Connection connection,
        ConnectionPerson person,
        string? refusedHash,
        CancellationToken cancellationToken
    )
    {
        if (await inactive.ContainsAsync(connection.OrganizationId, person.Issuer, person.Subject, cancellationToken))
        {
            return ConnectionErrors.PersonInactive.Refuse();
        }

        var until = time.GetUtcNow() + LongestWait;
        DateTimeOffset? seen = null;
        while (true)
        {
            var now = time.GetStoreNow();
            if (await grants.FindAsync(connection.Id, person, cancellationToken) is not { } grant)
            {
                return Refuse(ConnectionErrors.GrantMissing, connection);
            }

            // Without a refresh token the refused one is all that there is, and the person may connect again.
            var isRefused =
                refusedHash is not null
                && grant.RefreshToken is not null
                && refusedHash == ConnectionTokenRequest.HashToken(grant.AccessToken);
            if (grant.IsValidAt(now + Margin) && !isRefused)
            {
                if (await HandOutAsync(cause, connection, grant, now, cancellationToken) is { } answer)
                {
                    return answer;
                }

                continue;
            }

            if (grant.RefreshToken is null)
            {
                var ended = await EndAsync(grant, ConnectionEndReason.Expired, cancellationToken);
                return ended ?? Refuse(ConnectionErrors.GrantMissing, connection);
            }

            if (grant.RefreshFailedAt is { } failed && now < failed + FailurePause)
            {
                if (!grant.IsValidAt(now))
                {
                    return Pause(failed + FailurePause - now);
                }

                if (await HandOutAsync(cause, connection, grant, now, cancellationToken) is { } last)
                {
                    return last;
                }

                continue;
            }

            if (underway.TryGetValue(grant.Id.Value, out var running))
            {
                await running.WaitAsync(cancellationToken);
                continue;
            }

            if (grant.RefreshingUntil is { } reserved && reserved > now)
            {
                // A refresh of this node may have ended after the grant was read. One that the next read shows again is of
                // another node.
                if (reserved != seen)
                {
                    seen = reserved;
                    continue;
                }

                if (time.GetUtcNow() >= until)
                {
                    return ConnectionErrors.Busy.Refuse();
                }

                await Task.Delay(PollEvery, time, cancellationToken);
                continue;
            }

            if (await RefreshAloneAsync(cause, connection, grant, now) is { } result)
            {
                return result;
            }
        }
    }

    // Null: another request of this node or of another one is first.
    private async Task<Result<ConnectionTokenAnswer>?> RefreshAloneAsync(
        AuditCause cause,
        Connection connection,
        ConnectionGrant grant,
        DateTimeOffset now
    )
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!underway.TryAdd(grant.Id.Value, ended.Task))
        {
            return null;
        }

        try
        {
            // Not the caller's token from here: what the upstream replaced must be stored.
            var reserved = grant with
            {
                RefreshingUntil = now + Reservation,
            };
            var reservation = await journal.CommitAsync(
                new Decision { Statements = [ConnectionGrantStore.Reserve(grant, now + Reservation)] },
                CancellationToken.None
            );
            if (reservation.IsStale)
            {
                return null;
            }

            if (reservation.RefusalUnlessCommitted() is { } unavailable)
            {
                return unavailable;
            }

            var wasInterrupted = grant.RefreshingUntil is not null;
            if (wasInterrupted)
            {
                Log.RefreshInterrupted(logger, grant.Id.Value);
            }

            return await RefreshAsync(cause, connection, reserved, wasInterrupted || grant.RefreshFailedAt is not null);
        }
        finally
        {
            underway.TryRemove(grant.Id.Value, out _);
            ended.SetResult();
        }
    }

    // Null: the upstream gave no result, which is recorded.
    private async Task<Result<ConnectionTokenAnswer>?> RefreshAsync(
        AuditCause cause,
        Connection connection,
        ConnectionGrant reserved,
        bool isDoubtful
    )
    {
        var answer = await upstream.RefreshAsync(connection, reserved.RefreshToken!, CancellationToken.None);
        if (answer.IsGrantRefused)
        {
            var reason = isDoubtful ? ConnectionEndReason.RefreshInterrupted : ConnectionEndReason.RefusedByUpstream;
            var refusal = await EndAsync(reserved, reason, CancellationToken.None);
            return refusal ?? Refuse(ConnectionErrors.GrantEnded, connection);
        }

        var now = time.GetStoreNow();
        if (answer.Tokens is not { } tokens)
        {
            await journal.CommitAsync(
                new Decision { Statements = [ConnectionGrantStore.Release(reserved, now)] },
                CancellationToken.None
            );
            return null;
        }

        var refreshed = reserved with
        {
            AccessToken = tokens.AccessToken,
            RefreshToken = tokens.RefreshToken ?? reserved.RefreshToken,
            TokenExpiresAt = tokens.ExpiresAt,
            Scope = tokens.Scope ?? reserved.Scope,
            UsedAt = now,
            Generation = reserved.Generation + 1,
        };
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = ConnectionEvents.TokenIssued(new AuditOrigin(now, cause), connection, refreshed, true),
                Statements = [grants.Rotate(reserved, refreshed, isLive: true)],
            },
            CancellationToken.None
        );
        if (!result.IsStale)
        {
            return result.RefusalUnlessCommitted() is { } unavailable
                ? unavailable
                : Answer(connection, refreshed, now);
        }

        // It ended meanwhile: the new tokens are to be revoked, not the former ones.
        var kept = await journal.CommitAsync(
            new Decision { Statements = [grants.Rotate(reserved, refreshed, isLive: false)] },
            CancellationToken.None
        );
        if (!kept.IsCommitted)
        {
            await upstream.RevokeAsync(
                connection,
                refreshed.AccessToken,
                refreshed.RefreshToken,
                CancellationToken.None
            );
        }

        return Refuse(ConnectionErrors.GrantMissing, connection);
    }

    // Null: it changed meanwhile.
    private async ValueTask<Result<ConnectionTokenAnswer>?> HandOutAsync(
        AuditCause cause,
        Connection connection,
        ConnectionGrant grant,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = ConnectionEvents.TokenIssued(
                    new AuditOrigin(now, cause),
                    connection,
                    grant,
                    isRefreshed: false
                ),
                Statements = [ConnectionGrantStore.Use(grant, now)],
            },
            cancellationToken
        );
        if (result.IsStale)
        {
            return null;
        }

        return result.RefusalUnlessCommitted() is { } unavailable ? unavailable : Answer(connection, grant, now);
    }

    // Null: it ended, now or before. The tokens are of no more use, so that nothing is to be revoked.
    private async ValueTask<Refusal?> EndAsync(
        ConnectionGrant grant,
        string reason,
        CancellationToken cancellationToken
    )
    {
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = ConnectionEvents.GrantEnded(AuditOrigin.System(time.GetStoreNow()), grant, reason),
                Statements = [ConnectionGrantStore.Remove(grant)],
            },
            cancellationToken
        );
        return result.IsStale ? null : result.RefusalUnlessCommitted();
    }

    private ConnectionTokenAnswer Answer(Connection connection, ConnectionGrant grant, DateTimeOffset now) =>
        new(grant.AccessToken, grant.TokenExpiresAt ?? now + LongestUse, GetPage(connection));

    private Refusal Refuse(ErrorCode code, Connection connection) =>
        code.Refuse(code.Meaning, ConnectionErrors.ConnectUrl, GetPage(connection));

    private string GetPage(Connection connection) => identity.PublicUrl + connection.ConnectPath;

    private static Refusal Pause(TimeSpan wait) =>
        ConnectionErrors.UpstreamUnavailable.Refuse() with
        {
            RetryAfter = wait,
        };
}
