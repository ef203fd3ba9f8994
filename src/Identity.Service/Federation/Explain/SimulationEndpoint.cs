using System.Buffers;
using System.Text.Json;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Explain;

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
            await NoteAsync(request, input, body.RuleId, rule, Decision(simulated), cancellationToken) is
            { } unavailable
        )
        {
            return unavailable;
        }

        return Render(json =>
        {
            json.WriteString("type", "simulation");
            WriteRule(json, "rule", body.RuleId is null ? null : rule.Rule.Id.Value, rule, state);
            WriteOutcome(json, simulated);
            if (candidate is not null)
            {
                json.WriteStartObject("candidate");
                json.WriteNumber("version", candidate.Rule.Rule.Version);
                WriteOutcome(json, candidate);
                json.WriteEndObject();
            }
        });
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
        var matches = search.Matches;
        var decision =
            search.IsAmbiguous ? "ambiguous"
            : matches.Count > 0 ? "granted"
            : "denied";
        if (
            await NoteAsync(request, input, ruleId: null, isAnyIssuer ? null : rules[0], decision, cancellationToken) is
            { } unavailable
        )
        {
            return unavailable;
        }

        return Render(json =>
        {
            json.WriteString("type", "simulation");
            json.WriteString("decision", decision);
            json.WriteString("reason", GetReason(search));
            json.WriteNumber("searched", search.Tried.Count);
            json.WriteBoolean("truncated", search.IsTruncated);
            json.WriteStartArray("matches");
            foreach (var match in matches)
            {
                json.WriteStartObject();
                WriteRule(json, "rule", match.Rule.Rule.Id.Value, match.Rule, match.Rule.Rule.State);
                WriteGrant(json, match);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("nearest");
            foreach (var miss in search.Nearest)
            {
                json.WriteStartObject();
                WriteRule(json, "rule", miss.Rule.Rule.Id.Value, miss.Rule, miss.Rule.Rule.State);
                json.WriteNumber("failed", miss.FailedConditions);
                json.WriteString("text", miss.Explain().NearestMiss);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (matches.Count == 0)
            {
                json.WriteStartObject("trace");
                (search.Nearest is [var nearest, ..] ? nearest : search.Tried[0]).Explain().WriteMembers(json);
                json.WriteEndObject();
            }
        });
    }

    private static string? GetReason(SimulatedSearch search)
    {
        if (search.IsAmbiguous)
        {
            return DenialReason.AmbiguousRule.Name();
        }

        return search.Matches.Count > 0
            ? null
            : (search.Nearest is [var nearest, ..] ? nearest : search.Tried[0]).Denial!.Value.Reason.Name();
    }

    private static string Decision(Simulated simulated) => simulated.Denial is null ? "granted" : "denied";

    private static void WriteOutcome(Utf8JsonWriter json, Simulated simulated)
    {
        json.WriteString("decision", Decision(simulated));
        json.WriteString("reason", simulated.Denial?.Reason.Name());
        WriteGrant(json, simulated);
        json.WriteStartObject("trace");
        simulated.Explain().WriteMembers(json);
        json.WriteEndObject();
    }

    private static void WriteRule(Utf8JsonWriter json, string member, string? id, CompiledRule rule, RuleState state)
    {
        json.WriteStartObject(member);
        json.WriteString("id", id);
        json.WriteString("name", rule.Rule.Name);
        json.WriteNumber("version", rule.Rule.Version);
        json.WriteString("state", state.Name());
        json.WriteEndObject();
    }

    // What would be granted. A binding is proved with a request, which a simulation does not have.
    private static void WriteGrant(Utf8JsonWriter json, Simulated simulated)
    {
        if (simulated.Denial is not null)
        {
            return;
        }

        json.WriteStartObject("grant");
        json.WriteString("service_account_id", simulated.Rule.Account.Id.Value);
        json.WriteString("workspace_id", simulated.Context.WorkspaceId);
        json.WriteString("oauth_scope", simulated.Rule.GrantedIn(simulated.Context.WorkspaceId!).Text);
        json.WriteNumber("token_lifetime_seconds", simulated.Rule.Rule.TokenLifetimeSeconds);
        json.WriteString("bind", simulated.Rule.Rule.Bind.Name());
        json.WriteEndObject();
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
                    AuditOrigin.Of(request, time.GetUtcNow()),
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

    private static ApiAnswer Render(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return ApiAnswer.Raw(buffer.WrittenMemory, "application/json");
    }
}
