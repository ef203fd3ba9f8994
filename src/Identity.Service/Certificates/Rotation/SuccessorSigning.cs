using Culvert.Ca.Authorities;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>
/// Makes a successor's key and request, has the signing connector certify it, and takes the chain by the same checks as
/// a person's upload. Each refused chain doubles the wait: the enterprise signs no request again and again for nothing.
/// </summary>
internal sealed class SuccessorSigning(
    AuthorityLifecycle lifecycle,
    AuthorityCommands commands,
    AuthorityChecks checks,
    ISigningConnector connector,
    SigningAttempts attempts,
    ILogger<SuccessorSigning> logger
)
{
    /// <summary>Whether the successor is staged now.</summary>
    public async Task<bool> SignAsync(Tunnel tunnel, TunnelAuthority successor, CancellationToken cancellationToken)
    {
        var hasRequest = successor.State == AuthorityState.CsrIssued;
        if (hasRequest && !connector.IsConfigured)
        {
            Log.SuccessorWaits(logger, successor.Id.Value, tunnel.Id.Value, successor.RegistrationEnds);
            return false;
        }

        // One node at a time, for the key in an HSM as for the enterprise's signature.
        if (await attempts.BeginAsync(successor.Id, cancellationToken) is not { } attempt)
        {
            return false;
        }

        if (!hasRequest)
        {
            var prepared = await commands.PrepareAsync(
                AuthorityMove.BySystem("half_life"),
                successor,
                cancellationToken
            );
            if (!prepared.IsOk)
            {
                return await FailAsync(attempt, $"its key and request could not be made: {prepared.Refusal.Message}");
            }

            var ready = prepared.Value;

            successor = ready;
        }

        if (!connector.IsConfigured)
        {
            await attempts.DoneAsync(attempt);
            Log.SuccessorWaits(logger, successor.Id.Value, tunnel.Id.Value, successor.RegistrationEnds);
            return false;
        }

        var answer = await connector.SignAsync(successor.CsrPem!, cancellationToken);
        return answer.ChainPem is { } pem ? await TakeAsync(tunnel, successor, attempt, pem, cancellationToken)
            : answer.IsSpoiled ? await RefuseAsync(attempt, answer.Fault!)
            : await FailAsync(attempt, answer.Fault!, answer.RetryAfter);
    }

    // The same steps as a person's upload and approval, by the same checks (S15).
    private async Task<bool> TakeAsync(
        Tunnel tunnel,
        TunnelAuthority successor,
        SigningAttempt attempt,
        string pem,
        CancellationToken cancellationToken
    )
    {
        var read = AuthorityRegistration.ReadChain(pem);
        if (!read.Succeeded)
        {
            return await RefuseAsync(attempt, $"its chain cannot be read: {read.Refusal.Message}");
        }

        var chain = read.Value;
        var findings = await checks.FindAsync(tunnel, successor, chain, cancellationToken);
        if (findings is [{ Code.Status: >= StatusCodes.Status500InternalServerError } outage, ..])
        {
            // Nothing is wrong with the chain: the HSM was away for the trial leaf, say.
            return await FailAsync(attempt, outage.Message);
        }

        if (findings.Count > 0)
        {
            return await RefuseAsync(attempt, $"its chain is refused: {findings[0].Code.Code}: {findings[0].Message}");
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
            if (!moved.IsOk)
            {
                return await FailAsync(attempt, moved.Refusal.Message);
            }

            var next = moved.Value;

            successor = next;
        }

        await attempts.DoneAsync(attempt);
        return true;
    }

    private async Task<bool> FailAsync(SigningAttempt attempt, string fault, TimeSpan? askedFor = null) =>
        Tell(attempt, fault, await attempts.FailedAsync(attempt, fault, askedFor));

    private async Task<bool> RefuseAsync(SigningAttempt attempt, string fault) =>
        Tell(attempt, fault, await attempts.RefusedAsync(attempt, fault));

    private bool Tell(SigningAttempt attempt, string fault, TimeSpan wait)
    {
        Log.ConnectorFailed(logger, attempt.AuthorityId.Value, $"{fault}; retrying in {wait.TotalMinutes:0} min");
        return false;
    }
}
