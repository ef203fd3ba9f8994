using System.Collections.Concurrent;
using Culvert.Ca.Authorities;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>
/// Has the signing connector certify a successor's request, and takes the chain by the same checks as a person's
/// upload. Each refused chain doubles the wait: the enterprise signs no request again and again for nothing.
/// </summary>
internal sealed class SuccessorSigning(
    AuthorityLifecycle lifecycle,
    AuthorityChecks checks,
    ISigningConnector connector,
    TimeProvider time,
    ILogger<SuccessorSigning> logger
)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(24);

    // Per authority whose chain was refused. Lost with the process: an operator who mends the connector may restart.
    private readonly ConcurrentDictionary<string, Refused> refused = new(StringComparer.Ordinal);

    /// <summary>Whether the successor is staged now.</summary>
    public async Task<bool> SignAsync(Tunnel tunnel, TunnelAuthority successor, CancellationToken cancellationToken)
    {
        if (!connector.IsConfigured)
        {
            Log.SuccessorWaits(logger, successor.Id.Value, tunnel.Id.Value, successor.RegistrationEnds);
            return false;
        }

        if (refused.TryGetValue(successor.Id.Value, out var before) && time.GetUtcNow() < before.Until)
        {
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
            return Refuse(successor, $"its chain cannot be read: {read.Refusal.Message}");
        }

        var chain = read.Value;
        var findings = await checks.FindAsync(tunnel, successor, chain, cancellationToken);
        if (findings.Count > 0)
        {
            return Refuse(successor, $"its chain is refused: {findings[0].Message}");
        }

        refused.TryRemove(successor.Id.Value, out _);
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

    private bool Refuse(TunnelAuthority successor, string fault)
    {
        var wait = refused.TryGetValue(successor.Id.Value, out var before) ? before.Wait * 2 : FirstWait;
        wait = wait < LongestWait ? wait : LongestWait;
        refused[successor.Id.Value] = new Refused(wait, time.GetUtcNow() + wait);
        Log.ConnectorFailed(logger, successor.Id.Value, $"{fault}; asked again in {wait.TotalMinutes} min");
        return false;
    }

    private sealed record Refused(TimeSpan Wait, DateTimeOffset Until);
}
