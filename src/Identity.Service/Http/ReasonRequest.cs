using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Http;

/// <summary>The optional body of operations that record a reason in the audit.</summary>
internal sealed record ReasonRequest(string? Reason = null)
{
    public const int MaxReasonLength = 1000;

    public static readonly ReasonRequest None = new();

    /// <summary>Reads and validates the body; an empty one means no reason.</summary>
    public static async ValueTask<Result<ReasonRequest>> ReadAsync(
        ApiRequest request,
        CancellationToken cancellationToken
    )
    {
        var body = await request.ReadJsonOrEmptyAsync(ReasonJson.Default.ReasonRequest, None, cancellationToken);
        return body.IsOk && CheckOptional(body.Value.Reason) is { } malformed ? malformed : body;
    }

    public static Refusal? CheckOptional(string? reason) =>
        reason is { Length: > MaxReasonLength }
            ? RequestErrors.Invalid.Refuse($"reason: at most {MaxReasonLength} characters are allowed.")
            : null;

    public static Refusal? CheckRequired(string reason) =>
        reason.Trim().Length is 0 or > MaxReasonLength
            ? RequestErrors.Invalid.Refuse($"reason: 1 to {MaxReasonLength} characters are required.")
            : null;
}
