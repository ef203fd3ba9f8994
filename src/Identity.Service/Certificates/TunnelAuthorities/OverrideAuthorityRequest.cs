using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>An administrator accepts that the named parties are not ready.</summary>
/// <param name="Missing">Ids from the refusal's <c>details.blocked_by</c>.</param>
internal sealed record OverrideAuthorityRequest(IReadOnlyList<string> Missing, string Reason)
{
    private const int MaxMissing = 256;

    private const int MaxIdLength = 128;

    public Refusal? Check()
    {
        if (Missing.Count is 0 or > MaxMissing || Missing.Any(id => !IsId(id)))
        {
            return RequestErrors.Invalid.Refuse($"missing: 1 to {MaxMissing} ids are required.");
        }

        return ReasonRequest.CheckRequired(Reason);
    }

    // JSON may contain null elements despite the type.
    private static bool IsId(string? id) =>
        id is { Length: > 0 and <= MaxIdLength }
        && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-');
}
