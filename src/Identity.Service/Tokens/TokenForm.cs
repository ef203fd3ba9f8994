using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Tokens;

/// <summary>
/// The form that revocation (RFC 7009 §2.1) and introspection (RFC 7662 §2.1) share: one token, and a hint that is
/// ignored, because there is only one kind of token.
/// </summary>
internal static class TokenForm
{
    /// <summary>The longest credential, fully escaped, and space for a client's own parameters.</summary>
    public const int MaxBodyBytes = (3 * Credentials.MaxLength) + 4096;

    public static async ValueTask<Result<string>> ReadAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!RequestBody.IsForm(request.Http.Request))
        {
            return TokenFormErrors.MediaType.Refuse();
        }

        var body = await RequestBody.ReadBytesAsync(request.Http, MaxBodyBytes, cancellationToken);
        if (body is null)
        {
            return RequestErrors.TooLarge.Refuse();
        }

        if (FormParameters.TryParse(body, "", out var form) is { } problem)
        {
            return RequestErrors.Invalid.Refuse(problem);
        }

        return form.Text("token") is { } token ? token : RequestErrors.Invalid.Refuse("token: required.");
    }
}
