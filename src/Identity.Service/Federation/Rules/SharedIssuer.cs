namespace Culvert.Identity.Service.Federation.Rules;

/// <param name="Url">Its <c>iss</c>.</param>
/// <param name="TenantClaims">Claims of which one, pinned, tells its customers apart.</param>
/// <param name="SubjectPrefix">What stands before the customer's name in <c>sub</c>; null = no such shape.</param>
/// <param name="Delimiter">What stands behind it.</param>
internal sealed record SharedIssuer(string Url, string[] TenantClaims, string? SubjectPrefix, char Delimiter);
