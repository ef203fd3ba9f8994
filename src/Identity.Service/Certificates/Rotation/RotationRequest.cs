using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>The body of rollback and withdraw; may be absent.</summary>
internal sealed record RotationRequest
{
    public static RotationRequest None { get; } = new();

    /// <summary>Why; audited.</summary>
    public string? Reason { get; init; }

    /// <summary>Withdraws the authority even if its certificates are in use. Requires a reason.</summary>
    public bool Force { get; init; }

    public Refusal? Check() =>
        ReasonRequest.CheckOptional(Reason)
        ?? (
            Force && string.IsNullOrWhiteSpace(Reason)
                ? RequestErrors.Invalid.Refuse("reason: required with force.")
                : null
        );
}
