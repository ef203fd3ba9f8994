using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Simulation;

/// <summary>
/// <c>POST /v1/organizations/federation_rules/simulate</c>. 1. Read the claims. 2. Find the rule, compile the draft, or
/// take all rules of the issuer. 3. Evaluate. 4. Record an audit event; nothing else is stored.
/// </summary>
internal sealed class SimulationEndpoint(
    SimulationReader reader,
    Simulator simulator,
    DraftCompiler drafts,
    FederationDirectory directory,
    IJournal journal,
    TimeProvider time
)
{
    public async ValueTask<ApiAnswer> PostAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var bodyResult = await request.ReadJsonAsync(FederationJson.Default.SimulateRequest, cancellationToken);
        if (!bodyResult.TryGet(out var body, out var refusal))
        {
            return refusal;
        }

        if (body.RuleId is not null && body.Rule is not null)
        {
            return RequestErrors.Invalid.Refuse("rule: not together with rule_id.");
        }

        if (directory.IsStale)
        {
            return StorageErrors.Unavailable.Refuse();
        }

        var inputResult = await reader.ReadAsync(body, request.Caller.OrganizationId, cancellationToken);
        if (!inputResult.TryGet(out var input, out refusal))
        {
            return refusal;
        }

        return body.RuleId is null && body.Rule is null
            ? await SearchAsync(request, body, input, cancellationToken)
            : await TryAsync(request, body, input, cancellationToken);
    }

    private async ValueTask<ApiAnswer> TryAsync(
        ApiRequest request,
        SimulateRequest body,
        SimulationInput input,
        CancellationToken cancellationToken
    )
    {
        var found = await FindAsync(request, body, cancellationToken);
        if (!found.IsOk)
        {
            return found.Refusal;
        }

        var (rule, state) = found.Value;

        var simulated = await simulator.TryAsync(input, rule, request.RequestId, cancellationToken);
        var candidate =
            body.RuleId is not null && rule.Candidate is { } tried && tried != rule
                ? await simulator.TryAsync(input, tried, request.RequestId, cancellationToken)
                : null;
        if (
            await NoteAsync(request, input, body.RuleId, rule, simulated.Decision, cancellationToken) is { } unavailable
        )
        {
            return unavailable;
        }

        return ApiAnswer.Json(
            SimulationDocument.From(
                SimulatedRuleDocument.From(rule) with
                {
                    Id = body.RuleId,
                    State = state.Name(),
                },
                simulated,
                candidate
            ),
            ExplainJson.Default.SimulationDocument
        );
    }

    // A saved rule that is not in force is evaluated as if it were; the answer contains its state.
    private async ValueTask<Result<(CompiledRule Rule, RuleState State)>> FindAsync(
        ApiRequest request,
        SimulateRequest body,
        CancellationToken cancellationToken
    )
    {
        if (body.RuleId is { } id)
        {
            if (
                directory.Current.FindRule(id) is not { } saved
                || saved.Rule.OrganizationId != request.Caller.OrganizationId
            )
            {
                return RequestErrors.NotFound.Refuse();
            }

            if (saved.Rule.IsArchived || saved.IsLive)
            {
                return (saved, saved.Rule.State);
            }

            var forced = await drafts.CompileAsync(saved.Rule, cancellationToken);
            return forced.IsOk ? (forced.Value, saved.Rule.State) : forced.Refusal;
        }

        var stamps = ChangeStamps.Created(time.GetStoreNow(), request.Caller.ActorId);
        var draftResult = RuleDrafts.New(body.Rule!, request.Caller.OrganizationId, stamps);
        if (!draftResult.IsOk)
        {
            return draftResult.Refusal;
        }

        var compiled = await drafts.CompileAsync(draftResult.Value, cancellationToken);
        return compiled.IsOk ? (compiled.Value, RuleState.Draft) : compiled.Refusal;
    }

    private async ValueTask<ApiAnswer> SearchAsync(
        ApiRequest request,
        SimulateRequest body,
        SimulationInput input,
        CancellationToken cancellationToken
    )
    {
        // A token that cannot be parsed names no issuer, and every rule denies it in the same step.
        var isAnyIssuer = body.IssuerId is null && input.Claims is null;
        var issuerUrl = input.Claims?.FindString("iss"u8);
        var rules = directory
            .Current.FindRules(request.Caller.OrganizationId)
            .Where(rule =>
                rule.IsLive
                && (
                    isAnyIssuer || (body.IssuerId is { } id ? rule.Issuer.Id.Value == id : rule.Issuer.Url == issuerUrl)
                )
            )
            .OrderBy(rule => rule.Rule.Id.Value, StringComparer.Ordinal)
            .Take(Simulator.MaxRules + 1)
            .ToList();
        if (rules.Count == 0)
        {
            return RequestErrors.Invalid.Refuse(
                body.IssuerId is null
                    ? "issuer_id: required, because no rule in force is of an issuer with the claims' iss."
                    : "issuer_id: no rule in force is of this issuer."
            );
        }

        var search = await simulator.SearchAsync(input, rules, request.RequestId, cancellationToken);
        if (
            await NoteAsync(
                request,
                input,
                ruleId: null,
                isAnyIssuer ? null : rules[0],
                search.Decision,
                cancellationToken
            ) is
            { } unavailable
        )
        {
            return unavailable;
        }

        return ApiAnswer.Json(SimulationDocument.From(search), ExplainJson.Default.SimulationDocument);
    }

    private async ValueTask<Refusal?> NoteAsync(
        ApiRequest request,
        SimulationInput input,
        string? ruleId,
        CompiledRule? rule,
        string decision,
        CancellationToken cancellationToken
    )
    {
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = new RuleSimulated(
                    AuditOrigin.From(request, time.GetUtcNow()),
                    request.Caller.OrganizationId,
                    input.Kind,
                    ruleId,
                    rule?.Issuer.Id.Value,
                    decision
                ),
            },
            cancellationToken
        );
        return result.RefusalUnlessCommitted();
    }
}
