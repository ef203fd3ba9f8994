using Culvert.Ca.Authorities;
using Culvert.Ca.Certificates;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>
/// Creates a successor's key and request, has the signing connector certify it, and checks the chain like an uploaded
/// one. Each refused chain doubles the wait.
/// </summary>
internal sealed class SuccessorSigning(
    AuthorityPreparation preparation,
    ChainSubmission submission,
    AuthorityChecks checks,
    ISigningConnector connector,
    SigningAttempts attempts,
    TimeProvider time,
    ILogger<SuccessorSigning> logger
)
{
    /// <summary>Registers a successor and gets it signed; returns whether it is staged.</summary>
    /// <param name="tunnel">The active authority's tunnel.</param>
    /// <param name="active">Determines custody and name.</param>
    /// <param name="ordinal">The number of authorities that the tunnel has had.</param>
    /// <param name="cancellationToken">Cancels between two steps.</param>
    public async Task<bool> BeginAsync(
        Tunnel tunnel,
        TunnelAuthority active,
        int ordinal,
        CancellationToken cancellationToken
    )
    {
        var draft = await preparation.DraftAsync(
            AuthorityMove.BySystem("half_life"),
            tunnel,
            SuccessorNames.IdAfter(active, ordinal),
            SuccessorNames.NameAfter(active.Name, time.GetStoreNow()),
            active.Custody,
            // Always a key of its own, also when the current key was created by an operator under another label.
            keyLabel: null,
            cancellationToken
        );
        return draft.Value is { } authority && await SignAsync(tunnel, authority, cancellationToken);
    }

    /// <summary>Returns whether the successor is staged.</summary>
    public async Task<bool> SignAsync(Tunnel tunnel, TunnelAuthority successor, CancellationToken cancellationToken)
    {
        var hasRequest = successor.State == AuthorityState.CsrIssued;
        if (hasRequest && !connector.IsConfigured)
        {
            Log.SuccessorWaits(logger, successor.Id.Value, tunnel.Id.Value, successor.RegistrationEnds);
            return false;
        }

        // One node at a time, both for the key in an HSM and for the enterprise's signature.
        if (await attempts.BeginAsync(successor.Id, cancellationToken) is not { } attempt)
        {
            return false;
        }

        if (!hasRequest)
        {
            var prepared = await preparation.PrepareAsync(
                AuthorityMove.BySystem("half_life"),
                successor,
                cancellationToken
            );
            if (!prepared.IsOk)
            {
                return await FailAsync(attempt, $"its key and request could not be made: {prepared.Refusal.Message}");
            }

            successor = prepared.Value;
        }

        if (!connector.IsConfigured)
        {
            await attempts.DoneAsync(attempt);
            Log.SuccessorWaits(logger, successor.Id.Value, tunnel.Id.Value, successor.RegistrationEnds);
            return false;
        }

        var answer = await connector.SignAsync(successor.CsrPem!, cancellationToken);
        return answer.ChainPem is { } pem ? await StoreChainAsync(tunnel, successor, attempt, pem, cancellationToken)
            : answer.IsSpoiled ? await RefuseAsync(attempt, answer.Error!)
            : await FailAsync(attempt, answer.Error!, answer.RetryAfter);
    }

    // The same steps as an administrator's upload and approval (S15). After a refused chain the request stays open.
    private async Task<bool> StoreChainAsync(
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
            return await RefuseAsync(attempt, $"its chain cannot be read: {read.Refusal.Explain(pem).Message}");
        }

        var chain = read.Value;
        var findings = await checks.FindAsync(tunnel, successor, chain, cancellationToken);
        if (AuthorityChecks.FindOutage(findings) is { } outage)
        {
            return await FailAsync(attempt, outage.Message);
        }

        if (findings.Count > 0)
        {
            return await RefuseAsync(attempt, $"its chain is refused: {findings[0].Code.Code}: {findings[0].Message}");
        }

        var staged = await StageAsync(successor, chain, cancellationToken);
        if (!staged.IsOk)
        {
            return await FailAsync(attempt, staged.Refusal.Message);
        }

        await attempts.DoneAsync(attempt);
        return true;
    }

    private async ValueTask<Result<TunnelAuthority>> StageAsync(
        TunnelAuthority successor,
        IReadOnlyList<ParsedCertificate> chain,
        CancellationToken cancellationToken
    )
    {
        var move = AuthorityMove.BySystem("signing_connector");
        var uploaded = await submission.UploadAsync(
            move,
            successor,
            chain,
            allowsPublicAnchor: false,
            cancellationToken
        );
        if (uploaded.Value is not { } stored)
        {
            return uploaded;
        }

        var verified = await submission.VerifyAsync(move, stored, chain, cancellationToken);
        return verified.Value is { } approvable
            ? await submission.ApproveAsync(move, approvable, cancellationToken)
            : verified;
    }

    private async Task<bool> FailAsync(SigningAttempt attempt, string error, TimeSpan? askedFor = null) =>
        Report(attempt, error, await attempts.FailedAsync(attempt, error, askedFor));

    private async Task<bool> RefuseAsync(SigningAttempt attempt, string error) =>
        Report(attempt, error, await attempts.RefusedAsync(attempt, error));

    private bool Report(SigningAttempt attempt, string error, TimeSpan wait)
    {
        Log.ConnectorFailed(logger, attempt.AuthorityId.Value, $"{error}; retrying in {wait.TotalMinutes:0} min");
        return false;
    }
}
