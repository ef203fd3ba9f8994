namespace Culvert.Identity.Service.Tokens;

/// <summary>The issuer identifiers of the organizations' authorization servers (RFC 8414 §2), which have a path each.</summary>
internal static class OrganizationIssuer
{
    public const string PathPrefix = "/oauth/";

    /// <summary>
    /// The issuer of the assertions that the organization's agents show to upstreams. It is another one than that of access
    /// tokens, so that no verifier of the one accepts the other.
    /// </summary>
    /// <param name="publicUrl">The service's public URL, without a path.</param>
    public static string GetUpstreamsUrl(string publicUrl, string organizationId) =>
        $"{GetUrl(publicUrl, organizationId)}/upstreams";

    /// <summary>The keys of everything that the service signs for the organization's upstreams.</summary>
    /// <param name="publicUrl">The service's public URL, without a path.</param>
    public static string GetUpstreamsKeySetUrl(string publicUrl, string organizationId) =>
        $"{GetUpstreamsUrl(publicUrl, organizationId)}/jwks";

    /// <param name="publicUrl">The service's public URL, without a path.</param>
    public static string GetUrl(string publicUrl, string organizationId) => publicUrl + PathPrefix + organizationId;
}
