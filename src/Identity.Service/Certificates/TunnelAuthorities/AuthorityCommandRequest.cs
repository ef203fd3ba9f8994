using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>The body of every command that is a single move; may be absent.</summary>
/// <param name="Reason">Why; audited.</param>
/// <param name="ExpectedState">
/// The state that the caller expects; in any other the command is refused with 409 <c>ca.state</c>.
/// </param>
internal sealed record AuthorityCommandRequest(string? Reason = null, string? ExpectedState = null)
{
    public static AuthorityCommandRequest None { get; } = new();

    public Refusal? Check() =>
        ReasonRequest.CheckOptional(Reason)
        ?? (
            ExpectedState is { } state && WireNames.Find<AuthorityState>(state) is null
                ? RequestErrors.Invalid.Refuse("expected_state: not a state of an authority.")
                : null
        );
}
