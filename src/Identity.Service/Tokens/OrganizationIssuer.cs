namespace Culvert.Identity.Service.Tokens;

/// <summary>The issuer identifiers of the organizations' authorization servers (RFC 8414 §2), which have a path each.</summary>
internal static class OrganizationIssuer
{
    public const string PathPrefix = "/oauth/";

    /// <param name="publicUrl">The service's public URL, without a path.</param>
    public static string GetUrl(string publicUrl, string organizationId) => publicUrl + PathPrefix + organizationId;
}
