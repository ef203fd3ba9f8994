using System.Globalization;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Simulation;

/// <summary>
/// <c>POST …/federation_rules/{id}/replay</c>, and the update itself with <c>?dry_run=true</c>: which workloads an edit
/// would newly admit or lock out, before it is saved. Stores nothing but an audit event.
/// </summary>
internal sealed class PolicyReplayEndpoint(
    IRuleStore rules,
    DraftCompiler drafts,
    PolicyReplay replay,
    FederationDirectory directory,
    CallerLimits limits,
    IJournal journal,
    TimeProvider time
)
{
    public async ValueTask<ApiAnswer> PostAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var bodyResult = await request.ReadJsonAsync(FederationJson.Default.ReplayRequest, cancellationToken);
        if (!bodyResult.TryGet(out var body, out var refusal))
        {
            return refusal;
        }

        var rule = await rules.FindAsync(request.Caller.OrganizationId, request.Route("id"), cancellationToken);
        return rule is null
            ? RequestErrors.NotFound.Refuse()
            : await RunAsync(request, rule, body.Changes, body.Days, cancellationToken);
    }

    /// <summary>The same for the body of an update, with <c>days</c> from the query.</summary>
    public async ValueTask<ApiAnswer> DryRunAsync(
        ApiRequest request,
        Rule rule,
        UpdateRuleRequest changes,
        CancellationToken cancellationToken
    )
    {
        int? days = null;
        if (request.Query("days") is { } text)
        {
            // Text that is not a number is out of range.
            days = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        }

        return await RunAsync(request, rule, changes, days, cancellationToken);
    }

    private async ValueTask<ApiAnswer> RunAsync(
        ApiRequest request,
        Rule rule,
        UpdateRuleRequest changes,
        int? days,
        CancellationToken cancellationToken
    )
    {
        if (days is < 1 or > PolicyReplay.MaxDays)
        {
            return RequestErrors.Invalid.Refuse($"days: a number from 1 to {PolicyReplay.MaxDays} is required.");
        }

        if (directory.IsStale)
        {
            return StorageErrors.Unavailable.Refuse();
        }

        if (limits.TryTake(request.Caller, CostlyWork.HistorySearch) is { } limited)
        {
            return limited;
        }

        var stamps = rule.Stamps.Updated(time.GetStoreNow(), request.Caller.ActorId);
        if (!RuleDrafts.Edit(rule, changes, stamps).TryGet(out var edited, out var refused))
        {
            return refused;
        }

        if (!(await drafts.CompileAsync(edited, cancellationToken)).TryGet(out var compiled, out refused))
        {
            return refused;
        }

        var report = await replay.RunAsync(compiled, days ?? PolicyReplay.DefaultDays, cancellationToken);
        var noted = await journal.CommitAsync(
            new Decision
            {
                Event = new RuleSimulated(
                    AuditOrigin.From(request, time.GetUtcNow()),
                    rule.OrganizationId,
                    "replay",
                    rule.Id.Value,
                    rule.IssuerId.Value,
                    Decision: null
                ),
            },
            cancellationToken
        );
        return noted.RefusalUnlessCommitted() is { } refusal
            ? refusal
            : ApiAnswer.Json(
                ReplayReportDocument.From(rule, edited, report),
                FederationJson.Default.ReplayReportDocument
            );
    }
}
