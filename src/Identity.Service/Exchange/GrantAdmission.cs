using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Exchange.Replays;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Exchange;

/// <summary>
/// The checks between a grant and its use, whatever it is used for: the gate before the commit, and the replay policy
/// when the commit finds that the assertion was used before.
/// </summary>
internal sealed class GrantAdmission(
    AssertionReplays replays,
    ReplayAlerts alerts,
    GrantGate gate,
    ExchangeDenials denials
)
{
    public async ValueTask<TokenExchangeResult?> CheckAsync(
        AssertionContext context,
        Grant grant,
        CancellationToken cancellationToken
    )
    {
        if (gate.CheckRevocation(grant, context) is { } revoked)
        {
            return await denials.DenyAsync(context, revoked, cancellationToken);
        }

        if (gate.TryPass(context.Request.Proven, grant) is { } obstacle)
        {
            return TokenExchangeResult.Refused(obstacle);
        }

        return await replays.WasUsedAsync(context, cancellationToken)
            ? await denials.DenyAsync(context, new Denial(DenialReason.JtiReused), cancellationToken)
            : null;
    }

    /// <summary>
    /// Applies the replay policy to a second use. The same client gets another grant of the same family, which is a
    /// decision of its own with its own row; the mark of the first use does not change.
    /// </summary>
    public async ValueTask<DecidedExchange> JudgeAsync(
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
            var again = grant with { Family = first.Family, IsReissue = true };
            return gate.CheckRevocation(again, context) is { } revoked
                ? await denials.DenyAsync(context, revoked, cancellationToken)
                : new DecidedExchange(context, again, default);
        }

        if (verdict == ReplayVerdict.Reused)
        {
            return await denials.DenyAsync(context, new Denial(DenialReason.JtiReused), cancellationToken);
        }

        return await alerts.RaiseAsync(context, first, mark.Tag, cancellationToken) is { } unavailable
            ? TokenExchangeResult.Refused(unavailable)
            : await denials.DenyAsync(context, new Denial(DenialReason.Replayed), cancellationToken);
    }

    public static Decision ToDecision(AssertionContext context, Grant grant, ReplayKey? replay) =>
        new()
        {
            Event = FederatedAuthentication.From(context, AuditStatus.Success, grant),
            Replay = replay,
            Class = DecisionClass.Bulk,
        };
}
