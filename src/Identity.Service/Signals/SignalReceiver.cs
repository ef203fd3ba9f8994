using System.Security.Cryptography;
using System.Text;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.People;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Signals;

/// <summary>
/// Verifies a security event token and does what it says, in one decision: it withdraws a person's access, or records the
/// token. A token that was received before is accepted and does nothing.
/// </summary>
internal sealed class SignalReceiver(
    SignalVerifier verifier,
    SignalStreamStore store,
    OffBoarder offBoarder,
    IJournal journal,
    TimeProvider time
)
{
    /// <summary>How long memory keeps the key of a token.</summary>
    public static readonly TimeSpan RememberedFor = TimeSpan.FromMinutes(1);

    /// <summary>Null if the token is accepted; it is durable then.</summary>
    /// <param name="cause">The transmitter.</param>
    /// <param name="issuer">The stream's issuer.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="body">The token.</param>
    /// <param name="tokenId">The <c>jti</c> under which it was delivered; null = none was named.</param>
    /// <param name="cancellationToken">Cancels the wait, not what is durable.</param>
    public async ValueTask<Refusal?> ReceiveAsync(
        AuditCause cause,
        Issuer issuer,
        SignalStream stream,
        ReadOnlyMemory<byte> body,
        string? tokenId,
        CancellationToken cancellationToken
    )
    {
        var verified = await verifier.VerifyAsync(issuer, stream, body, cancellationToken);
        if (!verified.TryGet(out var token, out var refusal))
        {
            return refusal;
        }

        if (tokenId is not null && tokenId != token.TokenId)
        {
            return SignalErrors.InvalidRequest.Refuse(
                "jti: it differs from the name under which the token was delivered."
            );
        }

        if (!SignalEffect.Decide(token, issuer, stream).TryGet(out var effect, out refusal))
        {
            return refusal;
        }

        var proven = cause with { Actor = cause.Actor with { Issuer = stream.TransmitterIssuer } };
        return effect.Subject is { } subject
            ? await WithdrawAsync(proven, stream, token, effect, subject, cancellationToken)
            : await RecordAsync(proven, stream, token, effect, cancellationToken);
    }

    private async ValueTask<Refusal?> WithdrawAsync(
        AuditCause cause,
        SignalStream stream,
        SecurityEventToken token,
        SignalEffect effect,
        string subject,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetStoreNow();
        var request = new OffBoardingRequest(
            new PersonKey(stream.OrganizationId, stream.IssuerId.Value, subject),
            OffBoardingSource.Signal,
            $"{string.Join(", ", effect.Events)} (jti {UntrustedText.Bounded(token.TokenId)})"
        )
        {
            // What the person got after the event stays, in whatever order events arrive.
            IssuedBefore = effect.OccurredAt,
            Replay = ToReplayKey(stream, token, now),
            Statements = [store.Receive(stream.IssuerId, now)],
        };
        var result = await offBoarder.OffBoardAsync(cause, request, cancellationToken);
        return result.IsOk || result.Refusal.Code == PeopleErrors.Repeated ? null : result.Refusal;
    }

    private async ValueTask<Refusal?> RecordAsync(
        AuditCause cause,
        SignalStream stream,
        SecurityEventToken token,
        SignalEffect effect,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetStoreNow();
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = new SignalReceived(new AuditOrigin(now, cause), stream, token.TokenId, effect),
                Replay = ToReplayKey(stream, token, now),
                Statements = [store.Receive(stream.IssuerId, now)],
            },
            cancellationToken
        );
        if (result.Outcome == CommitOutcome.Replayed)
        {
            return result.Existing is null ? StorageErrors.Unavailable.Refuse() : null;
        }

        return result.RefusalUnlessCommitted();
    }

    // A jti counts once for its transmitter: the journal keeps its key permanently. Memory forgets it soon, so that the
    // retry of a token whose decision could not be written is not taken for a repetition.
    private static ReplayKey ToReplayKey(SignalStream stream, SecurityEventToken token, DateTimeOffset now) =>
        new(
            SHA256.HashData(
                Encoding.UTF8.GetBytes($"signal\n{stream.IssuerId.Value}\n{stream.TransmitterIssuer}\n{token.TokenId}")
            ),
            now + RememberedFor
        );
}
