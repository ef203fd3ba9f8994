using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Culvert.Ca.Authorities;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>
/// Turns the two slots of each tunnel by <see cref="RotationSchedule"/>: next key and request, the connector's
/// signature, the switch. Without a connector the request waits for people; everything after the chain is automatic.
/// </summary>
internal sealed class SuccessorSteps(
    ITunnelAuthorityStore authorities,
    ITunnelStore tunnels,
    AuthorityLifecycle lifecycle,
    AuthorityCommands commands,
    AuthorityChecks checks,
    ISigningConnector connector,
    ServiceOptions options,
    TimeProvider time,
    ILogger<SuccessorSteps> logger
) : IDisposable
{
    private const int PageSize = 100;
    private const int MaxNameLength = 64;

    /// <summary>After a step that led nowhere: somebody must act first, or the enterprise's signer is away.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(5);

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
        IReadOnlyList<TunnelAuthority> page;
        var after = 0L;
        do
        {
            page = await authorities.ListByStateAsync(AuthorityState.Active, after, PageSize, cancellationToken);
            foreach (var authority in page)
            {
                after = authority.Ordinal;
                if (authority.Custody == AuthorityCustody.Sealed && !IsTooEarly(authority))
                {
                    await TurnAsync(authority, cancellationToken);
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
            (Authority: authority, Options: options.Certificates)
        );

    private bool IsTooEarly(TunnelAuthority authority) =>
        tried.TryGetValue(authority.Id.Value, out var at) && time.GetUtcNow() - at < RetryAfter;

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
        var successor = all.FirstOrDefault(other => other.Ordinal > active.Ordinal && PhaseOf(other) is not null);
        var isDone = schedule.Decide((successor is null ? null : PhaseOf(successor)) ?? SuccessorPhase.None, now) switch
        {
            RotationDue.Prepare => await PrepareAsync(tunnel, active, all.Count, cancellationToken),
            RotationDue.Sign => await SignAsync(tunnel, successor!, cancellationToken),
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

    private static SuccessorPhase? PhaseOf(TunnelAuthority authority) =>
        authority.Custody != AuthorityCustody.Sealed
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
        var move = AuthorityMove.BySystem("half_life");
        var draft = await lifecycle.RegisterAsync(
            new TunnelAuthority
            {
                Id = IdAfter(active, ordinal),
                OrganizationId = tunnel.OrganizationId,
                WorkspaceId = tunnel.WorkspaceId,
                TunnelId = tunnel.Id,
                Name = NameAfter(active.Name, now),
                Custody = active.Custody,
                State = AuthorityState.Draft,
                StateSince = now,
                RegistrationEnds = now + AuthorityLifecycle.RegistrationLife,
                CreatedAt = now,
            },
            move,
            cancellationToken
        );
        if (draft.Value is not { } authority)
        {
            return false;
        }

        var prepared = await commands.PrepareAsync(move, authority, cancellationToken);
        return prepared.Value is { } ready && await SignAsync(tunnel, ready, cancellationToken);
    }

    private async Task<bool> SignAsync(Tunnel tunnel, TunnelAuthority successor, CancellationToken cancellationToken)
    {
        if (successor.State != AuthorityState.CsrIssued)
        {
            var prepared = await commands.PrepareAsync(
                AuthorityMove.BySystem("half_life"),
                successor,
                cancellationToken
            );
            if (prepared.Value is not { } ready)
            {
                return false;
            }

            successor = ready;
        }

        if (!connector.IsConfigured)
        {
            Log.SuccessorWaits(logger, successor.Id.Value, tunnel.Id.Value, successor.RegistrationEnds);
            return false;
        }

        var (pem, fault) = await connector.SignAsync(successor.CsrPem!, cancellationToken);
        if (pem is null)
        {
            Log.ConnectorFailed(logger, successor.Id.Value, fault!);
            return false;
        }

        return await TakeAsync(tunnel, successor, pem, cancellationToken);
    }

    // The same steps as a person's upload and approval, by the same checks (S15).
    private async Task<bool> TakeAsync(
        Tunnel tunnel,
        TunnelAuthority successor,
        string pem,
        CancellationToken cancellationToken
    )
    {
        var read = AuthorityRegistration.ReadChain(pem);
        if (!read.Succeeded)
        {
            Log.ConnectorFailed(logger, successor.Id.Value, $"its chain cannot be read: {read.Refusal.Message}");
            return false;
        }

        var chain = read.Value;
        var findings = await checks.FindAsync(tunnel, successor, chain, cancellationToken);
        if (findings.Count > 0)
        {
            Log.ConnectorFailed(logger, successor.Id.Value, $"its chain is refused: {findings[0].Message}");
            return false;
        }

        var move = AuthorityMove.BySystem("signing_connector");
        (AuthorityState State, Func<TunnelAuthority, TunnelAuthority>? Change)[] steps =
        [
            (
                AuthorityState.CertUploaded,
                before =>
                    before with
                    {
                        ChainPem = AuthorityChains.Write(chain),
                        Fingerprint = chain[0].Fingerprint,
                        NotAfter = chain[0].NotAfter,
                        SubmittedBy = move.Actor.Id,
                    }
            ),
            (
                AuthorityState.Verified,
                before =>
                    before with
                    {
                        SubjectKey = AuthorityChecks.SubjectKeyOf(chain[0]),
                        MaxLeafLife = checks.LeafLifeUnder(before, chain[0]),
                    }
            ),
            (AuthorityState.Approved, before => before with { ApprovedBy = move.Actor.Id }),
            (AuthorityState.Staged, null),
        ];
        foreach (var (state, change) in steps)
        {
            var moved = await lifecycle.MoveAsync(successor, state, move with { Change = change }, cancellationToken);
            if (moved.Value is not { } next)
            {
                Log.ConnectorFailed(logger, successor.Id.Value, moved.Refusal!.Message);
                return false;
            }

            successor = next;
        }

        return true;
    }

    private async Task<bool> ActivateAsync(TunnelAuthority successor, CancellationToken cancellationToken)
    {
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
