using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Tenants;

internal sealed record KeyOwner(string Issuer, string Subject)
{
    public const int MaxLength = 1024;

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
