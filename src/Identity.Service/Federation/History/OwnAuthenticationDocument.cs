using System.Text.Json;
using System.Text.Json.Serialization;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Federation.History;

/// <summary>
/// What the service account of an exchange sees of it: the result, a reason in terms of its own token, and that token's
/// values. Never what a rule requires; before the signature is verified only a coarse reason.
/// </summary>
/// <param name="Decision"><c>granted</c> or <c>denied</c>.</param>
/// <param name="Retryable">Whether the same token may be accepted later.</param>
/// <param name="ClockDeltaS">The service's clock minus the token's <c>iat</c>.</param>
/// <param name="Failed">The conditions that failed, with the values of the token.</param>
internal sealed record OwnAuthenticationDocument(
    string Type,
    string? RequestId,
    string Decision,
    string? Reason,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Retryable = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? ClockDeltaS = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        IReadOnlyList<FailedClaimDocument>? Failed = null
)
{
    /// <summary>Null if there is none; absent if there is no explanation.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Optional<string?> Hint { get; init; }

    public static OwnAuthenticationDocument From(HistoryEntry entry)
    {
        var reason = entry.Reason is { } name ? DenialReasons.Parse(name) : null;
        if (!entry.IsProven)
        {
            reason = reason?.Coarse();
        }

        var document = new OwnAuthenticationDocument(
            Type: "authentication",
            RequestId: entry.RequestId,
            Decision: entry.Decision,
            Reason: reason?.Name(),
            Retryable: reason?.IsRetryable()
        );
        return entry is { IsProven: true, Trace: { } text } ? document.With(text) : document;
    }

    // The stored explanation may be one of an earlier release.
    private OwnAuthenticationDocument With(string text)
    {
        using var trace = JsonDocument.Parse(text);
        var root = trace.RootElement;
        var hints = root.GetProperty("hints");
        return this with
        {
            ClockDeltaS = root.TryGetProperty("clock_delta_s", out var delta) ? delta.GetInt64() : null,
            Failed =
            [
                .. root.GetProperty("steps")
                    .EnumerateArray()
                    .Where(step => step.TryGetProperty("conds", out _))
                    .SelectMany(step => step.GetProperty("conds").EnumerateArray())
                    .Where(condition => !condition.GetProperty("ok").GetBoolean())
                    .Select(condition => new FailedClaimDocument(
                        condition.GetProperty("claim").GetString()!,
                        condition.GetProperty("got").GetString()
                    )),
            ],
            Hint = new(hints.GetArrayLength() > 0 ? hints[0].GetProperty("text").GetString() : null),
        };
    }
}

/// <param name="Got">Null if the claim is absent.</param>
internal sealed record FailedClaimDocument(string Claim, string? Got);
