using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.Exchange.OwnTokens;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Exchange;

/// <summary>
/// One exchange, whatever form it was asked for in (RFC 7523, RFC 8693): 1. find the rule, 2. evaluate the subject's
/// token, 3. see who acts for it, 4. decide what is granted, 5. commit and mint (<see cref="GrantIssuer"/>). Each may
/// deny, and every denial is recorded before it is answered.
/// </summary>
internal sealed class TokenExchange(
    FederationDirectory directory,
    IJournal journal,
    SubjectEvaluator subjects,
    Actors actors,
    GrantDecider decider,
    GrantIssuer issuer,
    ExchangeDenials denials,
    ClockGuard clock,
    TimeProvider time
)
{
    public async ValueTask<TokenExchangeResult> ExchangeAsync(
        ExchangeRequest request,
        CancellationToken cancellationToken
    )
    {
        if (!journal.IsHealthy || directory.IsStale)
        {
            // Fail closed before any work: neither a grant nor a denial could be recorded (S13), or a rule that was
            // archived would still grant.
            return TokenExchangeResult.Refused(StorageErrors.Unavailable.Refuse());
        }

        if (clock.RefusalIfAlarmed() is { } wrongClock)
        {
            return TokenExchangeResult.Refused(wrongClock);
        }

        if (directory.Current.FindRule(request.RuleId) is not { } rule)
        {
            return TokenExchangeResult.UnknownRule;
        }

        var context = new AssertionContext(request, rule, time.GetUtcNow());
        var (subject, denial) = await subjects.EvaluateAsync(context, cancellationToken);
        if (subject is null)
        {
            return await denials.DenyAsync(context, denial, cancellationToken);
        }

        ActingParty? actor = null;
        if (request.ActorToken.Length > 0 && actors.Find(context, subject, out actor) is { } notActing)
        {
            return await denials.DenyAsync(context, notActing, cancellationToken);
        }

        var decision = await decider.DecideAsync(request, subject, actor, context.Now, cancellationToken);
        return decision.Grant is { } grant
            ? await issuer.IssueAsync(context, grant, cancellationToken)
            : await denials.DenyAsync(context, decision.Denial, cancellationToken);
    }
}
