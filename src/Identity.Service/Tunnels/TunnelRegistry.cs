using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Identity.Service.Tenants;
using Culvert.Identity.Service.Tunnels.Assignment;

namespace Culvert.Identity.Service.Tunnels;

internal sealed class TunnelRegistry(
    TunnelStore tunnels,
    TenantStore tenants,
    AssignmentStore assignments,
    IJournal journal,
    Sealer sealer,
    Current<TunnelOptions> options,
    TimeProvider time
)
{
    /// <summary>How long a client's retry of a create is recognized.</summary>
    public static readonly TimeSpan RetryWindow = TimeSpan.FromMinutes(2);

    // No vowels and no similar characters: a domain contains no words and can be read aloud. 12 of them are 55 bits.
    private const string LabelCharacters = "bcdfghjkmnpqrstvwxz23456";
    private const int LabelLength = 12;

    /// <param name="fingerprint">The same for a retry as for the request that it repeats.</param>
    /// <param name="isRetry">The client declares that it repeats a request.</param>
    public async ValueTask<Result<Tunnel>> CreateAsync(
        OperationContext context,
        string? displayName,
        byte[] fingerprint,
        bool isRetry,
        CancellationToken cancellationToken
    )
    {
        var caller = context.Caller;
        var now = time.GetStoreNow();
        var workspaceId =
            caller.WorkspaceId
            ?? (await tenants.DefaultWorkspaceAsync(caller.OrganizationId, cancellationToken)).Id.Value;
        var id = TunnelId.New();
        var (secret, _) = TunnelSecret.New(id, sealer);
        var defaults = options.Value;
        var tunnel = new Tunnel
        {
            Id = id,
            OrganizationId = caller.OrganizationId,
            WorkspaceId = workspaceId,
            DisplayName = displayName,
            Domain = $"{NewLabel()}.{defaults.DomainSuffix}",
            CreatedAt = now,
            Revision = 1,
            ClientSourceRanges = defaults.DefaultClientRanges,
            AgentSourceRanges = defaults.DefaultAgentRanges,
            AllowTunnelToken = false,
            BundleEpoch = 0,
            TokenId = secret.Id,
        };
        DateTimeOffset? retryOfSince = isRetry ? now - RetryWindow : null;
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = TunnelEvents.Created(context.OriginAt(now), tunnel),
                Statements = tunnels.Insert(tunnel, secret, fingerprint, defaults.PerOrganization, retryOfSince),
                Changes = ChangeTopics.Feed,
            },
            cancellationToken
        );
        if (result.IsStale)
        {
            // A retry of a create that was committed.
            return (await tunnels.FindCreatedAsync(fingerprint, retryOfSince!.Value, cancellationToken))!;
        }

        return result.RefusalUnlessCommitted() is { } refusal
            ? refusal
            : (await tunnels.FindAsync(id.Value, cancellationToken))!; // with its public port
    }

    public async ValueTask<Result<Tunnel>> UpdateAsync(
        OperationContext context,
        Tunnel before,
        Tunnel after,
        CancellationToken cancellationToken
    )
    {
        var changed = after with { Revision = before.Revision + 1 };
        var pins = before.EdgeIds.SequenceEqual(after.EdgeIds, StringComparer.Ordinal)
            ? []
            : assignments.PinsChange(before.Id, after.EdgeIds, time.GetStoreNow());
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = TunnelEvents.Updated(context.OriginAt(time.GetUtcNow()), before, changed),
                Statements = [.. pins, .. tunnels.UpdateSettings(changed, before.Revision)],
                Changes = ChangeTopics.Feed,
            },
            cancellationToken
        );
        if (result.IsStale)
        {
            var current = await tunnels.FindAsync(before.Id.Value, cancellationToken);
            return current!.IsArchived ? TunnelErrors.Archived.Refuse() : StaleRefusal(current);
        }

        return result.RefusalUnlessCommitted() is { } refusal ? refusal : changed;
    }

    /// <summary>Idempotent: a tunnel already in that state is returned unchanged.</summary>
    public async ValueTask<Result<Tunnel>> SetPausedAsync(
        OperationContext context,
        Tunnel tunnel,
        bool paused,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        if (tunnel.PausedAt is not null == paused)
        {
            return tunnel;
        }

        var now = time.GetStoreNow();
        var origin = context.OriginAt(now);
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = paused
                    ? TunnelEvents.Paused(origin, tunnel, reason)
                    : TunnelEvents.Resumed(origin, tunnel, reason),
                Statements = [tunnels.SetPaused(tunnel.Id, paused ? now : null)],
                Changes = ChangeTopics.Feed,
            },
            cancellationToken
        );
        if (!result.IsStale && result.RefusalUnlessCommitted() is { } refusal)
        {
            return refusal;
        }

        // Read again: an earlier caller set the time, or archived it.
        var current = (await tunnels.FindAsync(tunnel.Id.Value, cancellationToken))!;
        return current.IsArchived ? TunnelErrors.Archived.Refuse() : current;
    }

    /// <summary>Idempotent: an archived tunnel is returned unchanged.</summary>
    public async ValueTask<Result<Tunnel>> ArchiveAsync(
        OperationContext context,
        Tunnel tunnel,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        if (tunnel.IsArchived)
        {
            return tunnel;
        }

        var now = time.GetStoreNow();
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = TunnelEvents.Archived(context.OriginAt(now), tunnel, reason),
                Statements = TunnelStore.Archive(tunnel.Id, now),
                Changes = ChangeTopics.Feed,
            },
            cancellationToken
        );
        if (!result.IsStale && result.RefusalUnlessCommitted() is { } refusal)
        {
            return refusal;
        }

        // Read again: of two concurrent archives, the first one's time counts for both.
        return (await tunnels.FindAsync(tunnel.Id.Value, cancellationToken))!;
    }

    public static Refusal StaleRefusal(Tunnel current) =>
        TunnelErrors.Revision.Refuse().With("revision", JsonValue.Create(current.Revision));

    private static string NewLabel() => RandomNumberGenerator.GetString(LabelCharacters, LabelLength);
}
