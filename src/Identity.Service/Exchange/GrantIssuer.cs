using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Exchange.Replays;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tokens;

namespace Culvert.Identity.Service.Exchange;

/// <summary>
/// Turns a grant into a token: 1. through the gate, 2. commit it with the assertion's mark while 3. it is
/// signed, 4. hand it out only once the commit is durable. An assertion that was used before is judged by what its
/// first use left: the same client again gets another token of the same family.
/// </summary>
internal sealed class GrantIssuer(
    IJournal journal,
    AccessTokenFactory tokens,
    AssertionReplays replays,
    ReplayAlerts alerts,
    GrantGate gate,
    ExchangeDenials denials
)
{
    public async ValueTask<TokenExchangeResult> IssueAsync(
        AssertionContext context,
        Grant grant,
        CancellationToken cancellationToken
    )
    {
        if (gate.CheckRevocation(grant, context.Now) is { } revoked)
        {
            return await denials.DenyAsync(context, revoked, cancellationToken);
        }

        if (gate.TryPass(context.Request, grant) is { } obstacle)
        {
            return TokenExchangeResult.Refused(obstacle);
        }

        if (await replays.WasUsedAsync(context, cancellationToken))
        {
            return await denials.DenyAsync(context, new Denial(DenialReason.JtiReused), cancellationToken);
        }

        var mark = replays.CreateMark(context, grant);
        var commit = CommitAsync(context, grant, mark?.Key, cancellationToken);
        // Signed while the commit is on its way; it is not sent before the commit succeeds.
        var token = tokens.Mint(grant, context.Now);
        var result = await commit;
        if (result.Outcome == CommitOutcome.Replayed)
        {
            return await RepeatAsync(context, grant, mark!.Value, result.Existing, cancellationToken);
        }

        return Answer(result, grant, token);
    }

    private async ValueTask<TokenExchangeResult> RepeatAsync(
        AssertionContext context,
        Grant grant,
        ReplayMark mark,
        ReplayUse? existing,
        CancellationToken cancellationToken
    )
    {
        var verdict = replays.Judge(context.Rule.Issuer, existing, mark.Tag, out var first);
        if (verdict == ReplayVerdict.Reissue)
        {
            // A decision of its own, with its own row; the mark stays the first use's.
            var again = grant with
            {
                Family = first.Family,
                IsReissue = true,
            };
            if (gate.CheckRevocation(again, context.Now) is { } revoked)
            {
                return await denials.DenyAsync(context, revoked, cancellationToken);
            }

            var commit = CommitAsync(context, again, replay: null, cancellationToken);
            var token = tokens.Mint(again, context.Now);
            return Answer(await commit, again, token);
        }

        if (verdict == ReplayVerdict.Reused)
        {
            return await denials.DenyAsync(context, new Denial(DenialReason.JtiReused), cancellationToken);
        }

        return await alerts.RaiseAsync(context, first, mark.Tag, cancellationToken) is { } unavailable
            ? TokenExchangeResult.Refused(unavailable)
            : await denials.DenyAsync(context, new Denial(DenialReason.Replayed), cancellationToken);
    }

    private ValueTask<CommitResult> CommitAsync(
        AssertionContext context,
        Grant grant,
        ReplayKey? replay,
        CancellationToken cancellationToken
    ) =>
        journal.CommitAsync(
            new Decision
            {
                Event = FederatedAuthentication.Of(context, AuditStatus.Success) with { Grant = grant },
                Replay = replay,
                Class = DecisionClass.Bulk,
            },
            cancellationToken
        );

    private static TokenExchangeResult Answer(CommitResult result, Grant grant, byte[] token) =>
        result.RefusalIfUnavailable() is { } refusal
            ? TokenExchangeResult.Refused(refusal)
            : TokenExchangeResult.Granted(grant, token);
}
