using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Exchange;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Storage;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Authorization;

/// <summary>Proves that an identity provider of the organization states an assertion to its authorization server.</summary>
internal sealed class IdentityAssertionProver(
    FederationDirectory directory,
    PersonRules rules,
    AssertionEvaluator evaluator,
    UnprovenRefusals refusals,
    AuthorizationServer server
)
{
    /// <summary>Refused, and recorded, unless the issuer's signature holds; the result may still be a denial.</summary>
    /// <param name="unproven">The claims before the proof: they choose the issuer, and prove nothing.</param>
    public async ValueTask<Result<IdentityAssertionProof>> ProveAsync(
        AssertionRequest request,
        ClaimSet unproven,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        IdentityAssertionProof? last = null;
        // Only issuers of rules for people: nothing could be granted for an assertion of another one.
        foreach (var rule in rules.FindIssuers(request.OrganizationId, unproven.FindString("iss"u8)))
        {
            last = await EvaluateAsync(request, rule, now, cancellationToken);
            if (last.Context.IsProven)
            {
                break;
            }
        }

        if (last is not { Context: var context })
        {
            return ExchangeErrors.InvalidGrant.Refuse();
        }

        if (directory.IsStale || !ReferenceEquals(directory.Current.FindRule(context.Rule.Rule.Id.Value), context.Rule))
        {
            // The rule or its issuer changed during the fetch of keys: the client's next attempt sees the new state.
            return StorageErrors.Unavailable.Refuse();
        }

        return !context.IsProven && last.Denial is { } denial
            ? await refusals.RecordAsync(context, denial, cancellationToken)
                ?? DenialAnswers.ToRefusal(TokenExchangeResult.Denied(context, denial))
            : last;
    }

    private async ValueTask<IdentityAssertionProof> EvaluateAsync(
        AssertionRequest request,
        CompiledRule rule,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var context = new AssertionContext(
            new ExchangeRequest
            {
                Form = ExchangeForm.IdentityAssertion,
                Assertion = request.Assertion,
                RuleId = rule.Rule.Id.Value,
                OrganizationId = request.OrganizationId,
                Server = server.GetIssuer(request.OrganizationId),
                Proven = request.Proven,
                RequestId = request.Request.RequestId,
                Source = request.Request.Source,
                UserAgent = request.Request.UserAgent,
            },
            rule,
            now
        );
        return new IdentityAssertionProof(context, await evaluator.EvaluateAsync(context, cancellationToken));
    }
}
