using Culvert.Identity.Service.Federation.Assertions;

namespace Culvert.Identity.Service.Exchange;

/// <summary>Token types of RFC 8693 §3 that the service accepts or issues.</summary>
internal static class TokenTypes
{
    /// <summary>As a subject or actor token: an access token of this service.</summary>
    public const string AccessToken = "urn:ietf:params:oauth:token-type:access_token";

    public const string IdToken = "urn:ietf:params:oauth:token-type:id_token";

    public const string Jwt = "urn:ietf:params:oauth:token-type:jwt";

    public static SubjectTokenKind? FindKind(string? type) =>
        type switch
        {
            Jwt => SubjectTokenKind.Jwt,
            IdToken => SubjectTokenKind.IdToken,
            AccessToken => SubjectTokenKind.OwnAccessToken,
            _ => null,
        };
}
