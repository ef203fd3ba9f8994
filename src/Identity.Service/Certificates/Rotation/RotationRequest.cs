using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>The body of rollback and withdraw; may be absent.</summary>
/// <param name="Reason">Why; audited.</param>
/// <param name="Force">Withdraws the authority even if its certificates are in use. Requires a reason.</param>
internal sealed record RotationRequest(string? Reason = null, bool Force = false)
{
    public static RotationRequest None { get; } = new();

    public Refusal? Check() =>
        ReasonRequest.CheckOptional(Reason)
        ?? (
            Force && string.IsNullOrWhiteSpace(Reason)
                ? RequestErrors.Invalid.Refuse("reason: required with force.")
                : null
        );
}
