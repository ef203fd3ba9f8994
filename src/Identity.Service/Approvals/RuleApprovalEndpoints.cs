using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Administration;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Approvals;

/// <summary>Decides about versions of rules for people that await approval (<see cref="RuleApproval"/>).</summary>
internal sealed class RuleApprovalEndpoints(
    IRuleStore store,
    RuleApproval approval,
    RuleValidator validator,
    RuleReviewer reviewer,
    RuleDocuments documents,
    PersonIdentification persons,
    FederationChanges changes,
    TimeProvider time
)
{
    public async ValueTask<ApiAnswer> ApproveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var found = await FindAsync(request, cancellationToken);
        if (!found.TryGet(out var waiting, out var refusal))
        {
            return refusal;
        }

        var (rule, body) = waiting;
        if (await CheckIsSecondAsync(rule, request.Caller, cancellationToken) is { } alone)
        {
            return alone;
        }

        // The same content; Next enforces it.
        var approved = rule.Next(rule.State, Stamp(request, rule));
        if (await validator.CheckAsync(approved, request.Caller, cancellationToken) is { } invalid)
        {
            return invalid;
        }

        // As a new rule: its issuer may have changed since it was written.
        var review = await reviewer.ReviewAsync(
            approved,
            before: null,
            given: null,
            justification: null,
            cancellationToken
        );
        return review.IsOk
            ? await SaveAsync(request, AuditEvents.FederationRuleApproved, approved, body.Reason, cancellationToken)
            : review.Refusal;
    }

    /// <summary>The author may reject it, too. The version in force is the newest one again; without one, it is a draft.</summary>
    public async ValueTask<ApiAnswer> RejectAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var found = await FindAsync(request, cancellationToken);
        if (!found.TryGet(out var waiting, out var refusal))
        {
            return refusal;
        }

        var (rule, body) = waiting;
        var stamps = Stamp(request, rule);
        var inForce = await approval.FindInForceAsync(rule, cancellationToken);
        var rejected = inForce is null
            ? rule.Next(RuleState.Draft, stamps)
            : (inForce with { Version = rule.Version }).Next(RuleState.Enforce, stamps);
        return await SaveAsync(request, AuditEvents.FederationRuleRejected, rejected, body.Reason, cancellationToken);
    }

    private async ValueTask<Result<(Rule Rule, DecideRuleRequest Body)>> FindAsync(
        ApiRequest request,
        CancellationToken cancellationToken
    )
    {
        var bodyResult = await DecideRuleRequest.ReadAsync(request, cancellationToken);
        if (!bodyResult.TryGet(out var body, out var refusal))
        {
            return refusal;
        }

        if (PersonIdentification.CheckIsPerson(request.Caller) is { } workload)
        {
            return workload;
        }

        var organization = request.Caller.OrganizationId;
        if (await store.FindAsync(organization, request.Route("id"), cancellationToken) is not { } rule)
        {
            return RequestErrors.NotFound.Refuse();
        }

        return RuleDrafts.CheckVersion(rule, body.Version) is { } changed ? changed
            : rule.AwaitsApproval ? (rule, body)
            : FederationErrors.NotWaiting.Refuse();
    }

    private async ValueTask<Refusal?> CheckIsSecondAsync(Rule rule, Caller caller, CancellationToken cancellationToken)
    {
        var second = await persons.OfAsync(caller, cancellationToken);
        foreach (var author in await approval.FindAuthorsAsync(rule, cancellationToken))
        {
            var first = await persons.OfActorAsync(author, cancellationToken);
            if (PersonIdentification.CheckAreTwo(first, second, FederationErrors.SamePerson) is { } alone)
            {
                return alone;
            }
        }

        return null;
    }

    private ChangeStamps Stamp(ApiRequest request, Rule rule) =>
        rule.Stamps.Updated(time.GetStoreNow(), request.Caller.ActorId);

    private async ValueTask<ApiAnswer> SaveAsync(
        ApiRequest request,
        string name,
        Rule rule,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        var change = new RuleAudited(
            name,
            AuditOrigin.From(request, time.GetUtcNow()),
            rule,
            Lints: [],
            Reason: reason
        );
        return await changes.CommitAsync(change, store.Update(rule), cancellationToken) is { } refused
            ? refused
            : await documents.AnswerAsync(rule, cancellationToken);
    }
}
