using System.Text.Json;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.Explain.Hints;

namespace Culvert.Identity.Service.Federation.Explain;

/// <summary>The result of an evaluation, for administrators; callers get a part of it.</summary>
internal sealed class Explanation
{
    private const int MaxSubjectLength = 256;

    private readonly AssertionContext context;
    private readonly Denial? denial;

    public Explanation(AssertionContext context, Denial? denial)
    {
        this.context = context;
        this.denial = denial;
        Trace = context.Trace ?? throw new ArgumentException("Evaluated without a trace.", nameof(context));
        if (context.Subject is { Length: <= MaxSubjectLength } subject)
        {
            Trace.SubjectFormat = SubjectFormat.Describe(subject);
        }

        Hints = denial is { } found ? HintCatalogue.Find(new HintFacts(context, found)) : [];
    }

    public AssertionTrace Trace { get; }

    public IReadOnlyList<Hint> Hints { get; }

    /// <summary>The conditions that failed, in one sentence; null if none did.</summary>
    public string? NearestMiss => NearestMissText.Describe([.. Trace.FailedConditions]);

    /// <summary>The stored form, whose digest is in the audit.</summary>
    public string ToJson() => JsonSerializer.Serialize(ToDocument(), ExplainJson.Default.ExplanationDocument);

    public ExplanationDocument ToDocument() =>
        new()
        {
            Decision = denial is null ? "granted" : "denied",
            Reason = denial?.Reason.Name(),
            Retryable = denial?.Reason.IsRetryable(),
            Doc = denial?.Reason.Documentation(),
            Proven = context.IsProven,
            Reproduced = Trace.IsReproduced ? true : null,
            Issuer = context.Rule.Issuer.Id.Value,
            Kid = Trace.KeyId,
            KeyState = Trace.KeyState,
            ClockDeltaS = Trace.ClockDeltaSeconds,
            Steps = Trace.Steps,
            Nearest = NearestMiss is { } sentence
                ? new(context.Rule.Rule.Id.Value, Trace.FailedConditions.Count(), sentence)
                : null,
            Hints = Hints,
            SubFormat = Trace.SubjectFormat,
        };
}
