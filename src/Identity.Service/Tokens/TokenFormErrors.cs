using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Tokens;

internal static class TokenFormErrors
{
    public static readonly ErrorCode MediaType = new(
        "request.form",
        400,
        "The body must be a form.",
        "The body was sent with another content type than application/x-www-form-urlencoded.",
        "Send the token in a form, as RFC 7009 and RFC 7662 have it."
    );
}
