using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Exchange.OwnTokens;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Exchange;

/// <summary>
/// One exchange, whatever the format of the request (RFC 7523, RFC 8693): 1. find the rule, 2. evaluate the subject's
/// token, 3. find the actor, 4. decide the grant, 5. commit and mint (<see cref="GrantIssuer"/>). Each step may deny,
/// and every denial is recorded before it is answered.
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
    // Legitimate traffic does not change one rule more often than this during one exchange.
    private const int MaxAttempts = 4;

    public ValueTask<TokenExchangeResult> ExchangeAsync(ExchangeRequest request, CancellationToken cancellationToken)
    {
        // Completes synchronously unless keys have to be fetched: then the only wait is the one for the commit.
        var deciding = DecideAsync(request, cancellationToken);
        return deciding.IsCompletedSuccessfully
            ? IssueAsync(deciding.Result, cancellationToken)
            : IssueAsync(deciding, cancellationToken);
    }

    private async ValueTask<TokenExchangeResult> IssueAsync(
        ValueTask<DecidedExchange> deciding,
        CancellationToken cancellationToken
    ) => await IssueAsync(await deciding, cancellationToken);

    private ValueTask<TokenExchangeResult> IssueAsync(
        in DecidedExchange decided,
        CancellationToken cancellationToken
    ) =>
        decided.Grant is { } grant ? issuer.IssueAsync(decided.Context!, grant, cancellationToken) : new(decided.Ended);

    /// <summary>Steps 1 to 4: the grant for a presented token, before any of it is recorded.</summary>
    public ValueTask<DecidedExchange> DecideAsync(ExchangeRequest request, CancellationToken cancellationToken) =>
        DecideAsync(request, MaxAttempts, cancellationToken);

    private async ValueTask<DecidedExchange> DecideAsync(
        ExchangeRequest request,
        int attempts,
        CancellationToken cancellationToken
    )
    {
        if (!journal.IsHealthy || directory.IsStale)
        {
            // Fails closed: neither a grant nor a denial could be recorded (S13), or an archived rule would grant.
            return TokenExchangeResult.Refused(StorageErrors.Unavailable.Refuse());
        }

        if (clock.RefusalIfAlarmed() is { } wrongClock)
        {
            return TokenExchangeResult.Refused(wrongClock);
        }

        // A rule for people grants at the authorization server alone, after a sign-in: here it does not exist.
        if (directory.Current.FindRule(request.RuleId) is not { } rule || rule.Rule.SubjectType != SubjectType.Workload)
        {
            return TokenExchangeResult.UnknownRule;
        }

        var context = new AssertionContext(request, rule, time.GetUtcNow());
        var (subject, denial) = await subjects.EvaluateAsync(context, cancellationToken);
        if (directory.IsStale)
        {
            // A change was committed during the fetch of keys and could not be read.
            return TokenExchangeResult.Refused(StorageErrors.Unavailable.Refuse());
        }

        if (!ReferenceEquals(directory.Current.FindRule(request.RuleId), rule))
        {
            // The rule, or a record that it refers to, changed during the fetch of keys: the evaluation starts again.
            return attempts > 1
                ? await DecideAsync(request, attempts - 1, cancellationToken)
                : TokenExchangeResult.Refused(StorageErrors.Unavailable.Refuse());
        }

        if (
            rule.Candidate is { } candidate
            && (context.IsProven || (subject is null && denial.Reason == DenialReason.RuleAuditOnly))
        )
        {
            await TryAsync(context, candidate, cancellationToken);
        }

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
            ? new DecidedExchange(context, grant, default)
            : await denials.DenyAsync(context, decision.Denial, cancellationToken);
    }

    /// <summary>Evaluates the version in audit for the same token: recorded, without effect on the decision.</summary>
    private async ValueTask TryAsync(
        AssertionContext context,
        CompiledRule candidate,
        CancellationToken cancellationToken
    )
    {
        var trial = context.For(candidate);
        var (allowed, refused) = await subjects.EvaluateAsync(trial, cancellationToken);
        if (!context.IsProven && trial.IsProven)
        {
            // Without a version in force, no check has read the token yet; the trial has now verified it.
            context.SetToken(trial.Token);
            context.Subject = trial.Subject;
            context.IsProven = true;
        }

        context.Trial = new CandidateTrial(candidate.Rule.Version, allowed is null ? refused : null);
    }
}
