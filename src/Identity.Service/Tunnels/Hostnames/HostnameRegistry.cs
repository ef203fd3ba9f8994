using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Hostnames;

/// <summary>Each change of a hostname's state is one decision of the journal (S26).</summary>
internal sealed class HostnameRegistry(
    HostnameStore hostnames,
    HostnameRules rules,
    HostnameProof proof,
    IJournal journal,
    TimeProvider time
)
{
    /// <summary>Maximum number of names per tunnel; edges hold them all.</summary>
    public const int MaxHostnames = 64;

    /// <summary>How long an archived tunnel's names are unavailable to other organizations.</summary>
    public static readonly TimeSpan Reservation = TimeSpan.FromDays(30);

    public async ValueTask<Result<Hostname>> AddAsync(
        AuditCause cause,
        Tunnel tunnel,
        string written,
        CancellationToken cancellationToken
    )
    {
        if (!HostnameRules.Parse(written).TryGet(out var name, out var refused))
        {
            return refused;
        }

        if (await rules.CheckAsync(name, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var hostname = new Hostname
        {
            TunnelId = tunnel.Id,
            Name = name,
            State = HostnameState.Pending,
            CreatedAt = time.GetStoreNow(),
        };
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = Event(AuditEvents.HostnameAdded, hostname, tunnel, cause),
                Statements = hostnames.Insert(hostname, MaxHostnames),
            },
            cancellationToken
        );
        return result.RefusalUnlessCommitted() is { } notCommitted ? notCommitted : hostname;
    }

    /// <param name="cause">Null = the daily round.</param>
    public async ValueTask<Result<Hostname>> CheckAsync(
        AuditCause? cause,
        Tunnel tunnel,
        Hostname before,
        CancellationToken cancellationToken
    )
    {
        if (rules.CheckProvable(before.Name) is { } refusal)
        {
            if (cause is null)
            {
                // Marked as checked, so that it is not due again before tomorrow and does not delay the others.
                await UpdateAsync(
                    cause,
                    tunnel,
                    before,
                    before with
                    {
                        CheckedAt = time.GetStoreNow(),
                    },
                    cancellationToken
                );
            }

            return refusal;
        }

        var found = await proof.CheckAsync(tunnel.OrganizationId, before.Name, cancellationToken);
        if (found == ProofResult.Unavailable && cause is not null)
        {
            return HostnameErrors.Resolver.Refuse();
        }

        var (state, misses) = HostnamePlan.Next(before, found, isDaily: cause is null);
        var now = time.GetStoreNow();
        var after = before with
        {
            State = state,
            Misses = misses,
            ActiveAt = state == HostnameState.Active ? before.ActiveAt ?? now : null,
            CheckedAt = now,
            CheckResult = WireNames.Get(found),
        };
        var result = await UpdateAsync(cause, tunnel, before, after, cancellationToken);
        if (cause is null && result.Refusal?.Code == HostnameErrors.AlreadyClaimed)
        {
            // Proven, but held by another tunnel: marked as checked, so that it is not due again before tomorrow.
            after = before with
            {
                CheckedAt = now,
                CheckResult = after.CheckResult,
            };
            return await UpdateAsync(cause, tunnel, before, after, cancellationToken);
        }

        return result;
    }

    public async ValueTask<Result<Hostname>> ApproveAsync(
        AuditCause cause,
        Tunnel tunnel,
        Hostname before,
        CancellationToken cancellationToken
    )
    {
        if (await rules.CheckAsync(before.Name, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var after = before with
        {
            State = HostnameState.Active,
            Misses = 0,
            ActiveAt = before.ActiveAt ?? time.GetStoreNow(),
            ApprovedBy = cause.Actor.Id,
        };
        return await UpdateAsync(cause, tunnel, before, after, cancellationToken);
    }

    public async ValueTask<Refusal?> RemoveAsync(
        AuditCause cause,
        Tunnel tunnel,
        Hostname hostname,
        CancellationToken cancellationToken
    )
    {
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = Event(AuditEvents.HostnameRemoved, hostname, tunnel, cause),
                Statements = [hostnames.Remove(hostname)],
                Changes = ChangeTopics.Feed,
            },
            cancellationToken
        );
        return result.RefusalUnlessCommitted();
    }

    private async ValueTask<Result<Hostname>> UpdateAsync(
        AuditCause? cause,
        Tunnel tunnel,
        Hostname before,
        Hostname after,
        CancellationToken cancellationToken
    )
    {
        var moved = before.State != after.State || before.ApprovedBy != after.ApprovedBy;
        var name = after.State == HostnameState.Active ? AuditEvents.HostnameActivated : AuditEvents.HostnameSuspended;
        var result = await journal.CommitAsync(
            new Decision
            {
                // A check without a state change is not audited.
                Event = moved ? Event(name, after, tunnel, cause) : null,
                Statements = hostnames.Update(before, after, tunnel.OrganizationId, time.GetUtcNow() - Reservation),
                Changes = moved ? ChangeTopics.Feed : ChangeTopics.None,
            },
            cancellationToken
        );
        if (result.IsStale)
        {
            // Another check was first, or the name was removed.
            return await hostnames.FindAsync(tunnel.Id, before.Name, cancellationToken) is { } current
                ? current
                : RequestErrors.NotFound.Refuse();
        }

        return result.RefusalUnlessCommitted() is { } refusal ? refusal : after;
    }

    private HostnameDecided Event(string name, Hostname hostname, Tunnel tunnel, AuditCause? cause)
    {
        var origin = new AuditOrigin(time.GetUtcNow(), cause ?? AuditCause.System);
        return new(name, origin, tunnel.OrganizationId, hostname);
    }
}
