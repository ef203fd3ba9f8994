using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Certificates;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>
/// Turns the two slots of each tunnel by <see cref="RotationSchedule"/>: next key and request, the connector's
/// signature, the switch. Without a connector the request waits for people; everything after the chain is automatic.
/// </summary>
internal sealed class SuccessorSteps(
    TunnelAuthorityStore authorities,
    TunnelStore tunnels,
    AuthorityLifecycle lifecycle,
    SuccessorSigning signing,
    RegisteredCertificateStore anchors,
    ClockGuard clock,
    CertificateOptions options,
    TimeProvider time,
    ILogger<SuccessorSteps> logger
) : IDisposable
{
    private const int PageSize = 100;
    private const int MaxNameLength = 64;

    // After a step that led nowhere: somebody must act first, or the enterprise's signer is away. In looks.
    private const int RetryAfter = 5;

    // One run at a time: what two would begin at once, one must finish first.
    private readonly SemaphoreSlim running = new(1);
    private readonly ConcurrentDictionary<string, RotationSchedule> schedules = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> tried = new(StringComparer.Ordinal);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await running.WaitAsync(cancellationToken);
        try
        {
            await RunOnceAsync(cancellationToken);
        }
        finally
        {
            running.Release();
        }
    }

    public void Dispose() => running.Dispose();

    private async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (clock.Check() is not null)
        {
            return; // what is due, only a clock that is right can say
        }

        IReadOnlyList<TunnelAuthority> page;
        var after = 0L;
        do
        {
            page = await authorities.ListByStateAsync(AuthorityState.Active, after, PageSize, cancellationToken);
            foreach (var authority in page)
            {
                after = authority.Ordinal;
                if (IsMade(authority.Custody) && !IsTooEarly(authority))
                {
                    await TryTurnAsync(authority, cancellationToken);
                }
            }
        } while (page.Count == PageSize);
    }

    // The certificate of an active authority never changes: it is read once.
    private RotationSchedule ScheduleOf(TunnelAuthority authority) =>
        schedules.GetOrAdd(
            authority.Id.Value,
            static (_, state) =>
            {
                var certificate = AuthorityChains.Read(state.Authority)[0];
                return new RotationSchedule(
                    certificate.NotBefore,
                    certificate.NotAfter,
                    state.Options.ServerLife,
                    AuthorityLifecycle.Skew,
                    state.Options.Propagation
                );
            },
            (Authority: authority, Options: options)
        );

    private bool IsTooEarly(TunnelAuthority authority) =>
        tried.TryGetValue(authority.Id.Value, out var at)
        && time.GetUtcNow() - at < RetryAfter * RotationPace.Of(options);

    private async Task TryTurnAsync(TunnelAuthority active, CancellationToken cancellationToken)
    {
        try
        {
            await TurnAsync(active, cancellationToken);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // The other tunnels do not wait for this one.
            Log.AuthorityNotTurned(logger, fault, active.Id.Value, active.TunnelId.Value);
        }
    }

    private async Task TurnAsync(TunnelAuthority active, CancellationToken cancellationToken)
    {
        var schedule = ScheduleOf(active);
        var now = time.GetUtcNow();
        if (now < schedule.PrepareAt)
        {
            return;
        }

        var tunnel = await tunnels.FindAsync(active.TunnelId.Value, cancellationToken);
        if (tunnel is null or { IsArchived: true })
        {
            return;
        }

        var all = await authorities.ListOfTunnelAsync(active.TunnelId, cancellationToken);
        if (!all.Any(other => other.Id == active.Id && other.State == AuthorityState.Active))
        {
            return; // another node has made the switch since the page was read: the next look sees its result
        }

        var successor = all.FirstOrDefault(other => other.Ordinal > active.Ordinal && PhaseOf(other) is not null);
        var isDone = schedule.Decide((successor is null ? null : PhaseOf(successor)) ?? SuccessorPhase.None, now) switch
        {
            RotationDue.Prepare => await PrepareAsync(tunnel, active, all.Count, cancellationToken),
            RotationDue.Sign => await signing.SignAsync(tunnel, successor!, cancellationToken),
            RotationDue.Activate => await ActivateAsync(successor!, cancellationToken),
            _ => true,
        };
        if (isDone)
        {
            tried.TryRemove(active.Id.Value, out _);
        }
        else
        {
            tried[active.Id.Value] = now;
        }
    }

    // Keys that the service makes by itself, sealed or in the HSM; of an imported one people bring the next.
    private static bool IsMade(AuthorityCustody custody) =>
        custody is AuthorityCustody.Sealed or AuthorityCustody.Pkcs11;

    private static SuccessorPhase? PhaseOf(TunnelAuthority authority) =>
        !IsMade(authority.Custody)
            ? null
            : authority.State switch
            {
                AuthorityState.Draft or AuthorityState.KeyReady or AuthorityState.CsrIssued => SuccessorPhase.Unsigned,
                AuthorityState.CertUploaded or AuthorityState.Verified or AuthorityState.Approved =>
                    SuccessorPhase.Waiting,
                AuthorityState.Staged => SuccessorPhase.Staged,
                _ => null,
            };

    private async Task<bool> PrepareAsync(
        Tunnel tunnel,
        TunnelAuthority active,
        int ordinal,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetStoreNow();
        var id = IdAfter(active, ordinal);
        var draft = await lifecycle.RegisterAsync(
            new TunnelAuthority
            {
                Id = id,
                OrganizationId = tunnel.OrganizationId,
                WorkspaceId = tunnel.WorkspaceId,
                TunnelId = tunnel.Id,
                Name = NameAfter(active.Name, now),
                Custody = active.Custody,
                // A key of its own, whoever made the present one and under whatever label.
                KeyLabel = active.Custody == AuthorityCustody.Pkcs11 ? AuthorityKeys.LabelPrefix + id.Value : null,
                State = AuthorityState.Draft,
                StateSince = now,
                RegistrationEnds = now + AuthorityLifecycle.RegistrationLife,
                CreatedAt = now,
            },
            AuthorityMove.BySystem("half_life"),
            cancellationToken
        );
        return draft.Value is { } authority && await signing.SignAsync(tunnel, authority, cancellationToken);
    }

    private async Task<bool> ActivateAsync(TunnelAuthority successor, CancellationToken cancellationToken)
    {
        if (await WasTakenBackAsync(successor, cancellationToken))
        {
            Log.SwitchWaits(
                logger,
                successor.Id.Value,
                "an administrator cancelled it, and an administrator must activate it again"
            );
            return false;
        }

        var moved = await lifecycle.MoveAsync(
            successor,
            AuthorityState.Active,
            AuthorityMove.BySystem("rotation"),
            cancellationToken
        );
        if (moved.Refusal is { } refusal)
        {
            Log.SwitchWaits(logger, successor.Id.Value, refusal.Message);
        }

        return moved.Value is not null;
    }

    // Its anchor is as old as its first staging: staged later than that, it has been active in between.
    private async Task<bool> WasTakenBackAsync(TunnelAuthority successor, CancellationToken cancellationToken) =>
        successor.RegisteredCertificateId is { } id
        && await anchors.FindAsync(id.Value, cancellationToken) is { } anchor
        && successor.StateSince > anchor.CreatedAt;

    // Of two nodes that prepare at once, the second meets the first one's row.
    private static CertificateAuthorityId IdAfter(TunnelAuthority active, int ordinal)
    {
        const string base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        var seed = string.Create(CultureInfo.InvariantCulture, $"successor {ordinal} of {active.Id.Value}");
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(seed));
        return CertificateAuthorityId.Wrap(
            $"{CertificateAuthorityId.Prefix}_01{string.Concat(hash.Take(22).Select(octet => base62[octet % 62]))}"
        );
    }

    // The day tells successors apart; the name becomes the common name of the request.
    private static string NameAfter(string name, DateTimeOffset now)
    {
        var suffix = now.ToString(" yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        var begin = name.LastIndexOf(' ') is var at and > 0 && at == name.Length - suffix.Length ? name[..at] : name;
        return (begin.Length <= MaxNameLength - suffix.Length ? begin : begin[..(MaxNameLength - suffix.Length)])
            + suffix;
    }
}
