using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Tenants;

/// <summary>The person that an admin key belongs to, as an identity provider knows that person (S34).</summary>
/// <param name="Issuer">The <c>iss</c> of the provider's tokens.</param>
/// <param name="Subject">The <c>sub</c> of that person.</param>
internal sealed record KeyOwner(string Issuer, string Subject)
{
    public const int MaxLength = 1024;

    /// <summary>What is wrong with one; null = nothing.</summary>
    public string? Error =>
        !Uri.TryCreate(Issuer, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttps
            ? "issuer: an https URL is required."
        : Issuer.Length > MaxLength
        || Subject.Trim().Length is 0
        || Subject.Length > MaxLength
        || Subject.Any(ConfigText.IsUnprintable)
            ? "subject: 1 to 1024 characters without control characters are required."
        : null;
}
