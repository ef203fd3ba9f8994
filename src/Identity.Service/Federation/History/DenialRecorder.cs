using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.Explain;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.History;

/// <summary>Records a denial: a proven one in the chain, others within <see cref="UnprovenRefusals"/>.</summary>
internal sealed class DenialRecorder(
    IJournal journal,
    DenialStore denials,
    UnprovenRefusals unproven,
    Explainer explainer,
    TimeProvider time
)
{
    /// <summary>The most explanations per rule and minute; further denials are recorded without one.</summary>
    public const int MaxTracesPerRuleAndMinute = 120;

    private ConcurrentDictionary<string, int> traced = new();
    private long tracedMinute;

    /// <param name="audited">The chain entry of a proven denial with its status set; null before the proof.</param>
    /// <returns>Null if recorded; otherwise the store's refusal, which is then the only permitted answer.</returns>
    public async ValueTask<Refusal?> RecordAsync(
        AssertionContext context,
        Denial denial,
        FederatedAuthentication? audited,
        CancellationToken cancellationToken
    )
    {
        if (audited is null)
        {
            return await unproven.RecordAsync(context, denial, cancellationToken);
        }

        var explanation = TryReserveTrace(context.Rule.Rule.Id.Value)
            ? await explainer.ExplainAsync(context, denial, cancellationToken)
            : null;
        var trace = explanation?.ToJson();
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = audited with { TraceDigest = trace is null ? null : Digest(trace) },
                Statements = [denials.Insert(ToRow(context, denial, audited, trace))],
                Class = DecisionClass.Bulk,
            },
            cancellationToken
        );
        return result.RefusalUnlessCommitted();
    }

    // A client with one valid token can cause any number of denials: this bounds what they store.
    private bool TryReserveTrace(string ruleId)
    {
        var minute = time.GetUtcNow().ToUnixTimeSeconds() / 60;
        if (Interlocked.Exchange(ref tracedMinute, minute) != minute)
        {
            traced = new ConcurrentDictionary<string, int>();
        }

        return traced.AddOrUpdate(ruleId, 1, static (_, count) => count + 1) <= MaxTracesPerRuleAndMinute;
    }

    private static string Digest(string trace) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(trace)));

    private static RecordedDenial ToRow(
        AssertionContext context,
        Denial denial,
        FederatedAuthentication audited,
        string? trace
    ) =>
        new()
        {
            RequestId = context.Request.RequestId,
            AtMs = audited.At.ToStore(),
            OrganizationId = audited.OrganizationId!,
            RuleId = audited.RuleId,
            RuleVersion = audited.RuleVersion,
            IssuerId = audited.IssuerId,
            ServiceAccountId = audited.ServiceAccountId,
            Reason = denial.Reason.Name(),
            Detail = denial.Detail,
            Source = context.Request.Source.ToString(),
            UserAgent = audited.Cause.Actor.UserAgent,
            Proven = 1,
            Subject = audited.Cause.Actor.Subject,
            Trace = trace,
        };
}
