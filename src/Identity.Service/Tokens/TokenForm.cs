using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Tokens;

/// <summary>
/// The form that revocation (RFC 7009 §2.1) and introspection (RFC 7662 §2.1) have in common: one token, and a hint
/// that is not needed where there is one kind of token.
/// </summary>
internal static class TokenForm
{
    /// <summary>The longest credential that is read, fully escaped, and room for a client's own parameters.</summary>
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
