using System.Text.Json.Serialization;
using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Tunnels;

/// <summary>The optional body of operations that take a reason for the audit.</summary>
internal sealed record ReasonRequest
{
    public const int MaxReasonLength = 1000;

    public static readonly ReasonRequest None = new();

    [JsonPropertyName("reason")]
    public string? Reason { get; init; }

    public Refusal? Check() =>
        Reason is { Length: > MaxReasonLength }
            ? RequestErrors.Invalid.Refuse($"reason: at most {MaxReasonLength} characters are allowed.")
            : null;
}
