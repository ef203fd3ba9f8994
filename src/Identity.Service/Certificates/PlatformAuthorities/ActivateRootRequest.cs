using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>The optional body of an activation: the holders to continue without, and the reason.</summary>
internal sealed record ActivateRootRequest
{
    private const int MaxMissing = 1024;

    public static readonly ActivateRootRequest None = new();

    /// <summary>Ids from the refusal's <c>details.blocked_by</c>.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    public string? Reason { get; init; }

    public Refusal? Check()
    {
        if (Missing is null || Missing.Count > MaxMissing || Missing.Any(string.IsNullOrEmpty))
        {
            return RequestErrors.Invalid.Refuse($"missing: at most {MaxMissing} ids are allowed.");
        }

        return
            Reason is { Length: > ReasonRequest.MaxReasonLength }
            || (Missing.Count > 0 && string.IsNullOrWhiteSpace(Reason))
            ? RequestErrors.Invalid.Refuse(
                $"reason: 1 to {ReasonRequest.MaxReasonLength} characters are required to continue without a machine."
            )
            : null;
    }
}
