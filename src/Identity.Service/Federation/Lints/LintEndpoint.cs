using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Lints;

/// <summary><c>POST /v1/organizations/federation_rules/lint</c>: all saved rules, one draft, or one change.</summary>
internal sealed class LintEndpoint(
    RuleLinter linter,
    RuleInventory inventory,
    IRuleStore rules,
    IssuerStore issuers,
    FederationDirectory directory,
    CallerLimits limits,
    Current<FederationOptions> options,
    TimeProvider time
)
{
    public async ValueTask<ApiAnswer> PostAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var bodyResult = await request.ReadJsonOrEmptyAsync(
            FederationJson.Default.LintRequest,
            new LintRequest(),
            cancellationToken
        );
        if (!bodyResult.TryGet(out var body, out var refusal))
        {
            return refusal;
        }

        return body switch
        {
            { Rule: { } draft, RuleId: null, Change: null } => await LintDraftAsync(request, draft, cancellationToken),
            { Rule: null, RuleId: { } id, Change: { } change } => await LintChangeAsync(
                request,
                id,
                change,
                cancellationToken
            ),
            { Rule: null, RuleId: null, Change: null } => await LintAllAsync(request, cancellationToken),
            _ => RequestErrors.Invalid.Refuse(
                "Give rule, or federation_rule_id with change, or nothing for all rules."
            ),
        };
    }

    private async ValueTask<ApiAnswer> LintDraftAsync(
        ApiRequest request,
        CreateRuleRequest draft,
        CancellationToken cancellationToken
    )
    {
        var stamps = ChangeStamps.Created(time.GetStoreNow(), request.Caller.ActorId);
        var ruleResult = RuleDrafts.New(draft, request.Caller.OrganizationId, stamps);
        return !ruleResult.IsOk
            ? ruleResult.Refusal
            : await LintOneAsync(ruleResult.Value, ruleId: null, cancellationToken);
    }

    private async ValueTask<ApiAnswer> LintChangeAsync(
        ApiRequest request,
        string id,
        UpdateRuleRequest change,
        CancellationToken cancellationToken
    )
    {
        if (await rules.FindAsync(request.Caller.OrganizationId, id, cancellationToken) is not { } present)
        {
            return RequestErrors.NotFound.Refuse();
        }

        var stamps = present.Stamps.Updated(time.GetStoreNow(), request.Caller.ActorId);
        var ruleResult = RuleDrafts.Edit(present, change, stamps);
        return !ruleResult.IsOk ? ruleResult.Refusal : await LintOneAsync(ruleResult.Value, id, cancellationToken);
    }

    private async ValueTask<ApiAnswer> LintOneAsync(Rule rule, string? ruleId, CancellationToken cancellationToken)
    {
        var issuer = await issuers.FindAsync(rule.OrganizationId, rule.IssuerId.Value, cancellationToken);
        return issuer is null
            ? FederationErrors.Reference.Refuse("issuer_id: unknown issuer.")
            : Answer(1, [ToDocument(rule, linter.Lint(rule, issuer)) with { RuleId = ruleId }]);
    }

    private async ValueTask<ApiAnswer> LintAllAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (limits.TryTake(request.Caller, CostlyWork.HistorySearch) is { } limited)
        {
            return limited;
        }

        var live = directory.Current.RulesIn(request.Caller.OrganizationId).ToList();
        var (inventoried, isComplete) = await inventory.FindAsync(live, cancellationToken);
        return Answer(
            live.Count,
            [
                .. live.OrderBy(rule => rule.Rule.Name, StringComparer.Ordinal)
                    .Select(rule =>
                        ToDocument(
                            rule.Rule,
                            [.. linter.Lint(rule.Rule, rule.Issuer), .. inventoried[rule.Rule.Id.Value]]
                        )
                    ),
            ],
            isTruncated: !isComplete
        );
    }

    private static LintedRuleDocument ToDocument(Rule rule, IReadOnlyList<Lint> lints) =>
        new(
            RuleId: rule.Id.Value,
            Name: rule.Name,
            Lints: [.. lints.OrderBy(lint => lint.Id, StringComparer.Ordinal).Select(LintDocument.From)]
        );

    private ApiAnswer Answer(int count, IReadOnlyList<LintedRuleDocument> rules, bool isTruncated = false) =>
        ApiAnswer.Json(
            new LintReportDocument
            {
                Checked = count,
                IsTruncated = isTruncated,
                LintWarnings = options.Value.JustifyLintWarnings ? "justify" : "report",
                Data = [.. rules.Where(rule => rule.Lints.Count > 0)],
            },
            FederationJson.Default.LintReportDocument
        );
}
