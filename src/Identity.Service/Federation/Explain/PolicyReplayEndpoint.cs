using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Federation.Explain;

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
    /// <summary>The most identities shown of each kind; the totals count all.</summary>
    public const int MaxShown = 100;

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
                    AuditOrigin.Of(request, time.GetUtcNow()),
                    rule.OrganizationId,
                    "replay",
                    rule.Id.Value,
                    rule.IssuerId.Value,
                    Decision: null
                ),
            },
            cancellationToken
        );
        return noted.RefusalUnlessCommitted() is { } refusal ? refusal : Render(rule, edited, report);
    }

    private static ApiAnswer Render(Rule rule, Rule edited, PolicyReplayReport report)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", "federation_rule_replay");
            json.WriteString("federation_rule_id", rule.Id.Value);
            json.WriteNumber("present_version", rule.Version);
            json.WriteString("state_after", edited.State.Name());
            json.WriteString("since", UtcTimeConverter.Format(report.Since));
            json.WriteString("oldest", report.Oldest is { } oldest ? UtcTimeConverter.Format(oldest) : null);
            json.WriteNumber("events", report.Events);
            json.WriteBoolean("truncated", report.IsTruncated);
            json.WriteNumber("still_allowed", report.StillAllowed);
            json.WriteNumber("still_denied", report.StillDenied);
            json.WriteNumber("newly_allowed_total", report.NewlyAllowed.Count);
            json.WriteNumber("newly_denied_total", report.NewlyDenied.Count);
            Write(json, "newly_allowed", report.NewlyAllowed);
            Write(json, "newly_denied", report.NewlyDenied);
            json.WriteEndObject();
        }

        return ApiAnswer.Raw(buffer.WrittenMemory, "application/json");
    }

    private static void Write(Utf8JsonWriter json, string member, IReadOnlyList<ReplayedIdentity> identities)
    {
        json.WriteStartArray(member);
        foreach (var identity in identities.Take(MaxShown))
        {
            json.WriteStartObject();
            json.WriteString("subject", identity.Subject);
            json.WriteNumber("events", identity.Events);
            json.WriteString("last_seen", UtcTimeConverter.Format(identity.LastSeen));
            json.WriteString("request_id", identity.RequestId);
            json.WriteString("reason", identity.Reason);
            json.WriteString("text", identity.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
