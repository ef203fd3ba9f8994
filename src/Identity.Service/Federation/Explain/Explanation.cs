using System.Buffers;
using System.Text;
using System.Text.Json;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.Explain.Hints;
using Culvert.Identity.Service.Ids;

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
            Trace.SubjectFormat = SubjectFormat.Of(subject);
        }

        Hints = denial is { } found ? HintCatalogue.Find(new HintFacts(context, found)) : [];
    }

    public AssertionTrace Trace { get; }

    public IReadOnlyList<Hint> Hints { get; }

    /// <summary>The conditions that failed, in one sentence; null if none did.</summary>
    public string? NearestMiss => NearestMissText.Of([.. Trace.FailedConditions]);

    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            WriteMembers(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Writes the members of the record into an open object.</summary>
    public void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteString("decision", denial is null ? "granted" : "denied");
        json.WriteString("reason", denial?.Reason.Name());
        if (denial is { } found)
        {
            json.WriteBoolean("retryable", found.Reason.IsRetryable());
            json.WriteString("doc", found.Reason.Documentation());
        }

        json.WriteBoolean("proven", context.IsProven);
        if (Trace.IsReproduced)
        {
            json.WriteBoolean("reproduced", true);
        }

        json.WriteString("issuer", context.Rule.Issuer.Id.Value);
        json.WriteOptional("kid", Trace.KeyId);
        json.WriteOptional("key_state", Trace.KeyState);
        if (Trace.ClockDeltaSeconds is { } delta)
        {
            json.WriteNumber("clock_delta_s", delta);
        }

        json.WriteStartArray("steps");
        foreach (var step in Trace.Steps)
        {
            step.WriteTo(json);
        }

        json.WriteEndArray();
        WriteNearest(json);
        json.WriteStartArray("hints");
        foreach (var hint in Hints)
        {
            json.WriteStartObject();
            json.WriteString("code", hint.Code);
            json.WriteString("text", hint.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteOptional("sub_format", Trace.SubjectFormat);
    }

    private void WriteNearest(Utf8JsonWriter json)
    {
        if (NearestMiss is not { } sentence)
        {
            return;
        }

        json.WriteStartObject("nearest");
        json.WriteString("rule", context.Rule.Rule.Id.Value);
        json.WriteNumber("failed", Trace.FailedConditions.Count());
        json.WriteString("text", sentence);
        json.WriteEndObject();
    }
}
