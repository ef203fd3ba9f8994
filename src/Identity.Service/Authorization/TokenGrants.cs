using Culvert.Identity.Service.Tokens.Metadata;

namespace Culvert.Identity.Service.Authorization;

/// <summary>The grant types of an organization's token endpoint.</summary>
internal static class TokenGrants
{
    public const string AuthorizationCode = "authorization_code";
    public const string RefreshToken = "refresh_token";
    public const string JwtBearer = MetadataEndpoints.JwtBearer;
}
