namespace Culvert.Identity.Cli.SignIn;

/// <summary>RFC 8628 §3.2.</summary>
/// <param name="Code">Secret; used for polling.</param>
/// <param name="UserCode">The code that the person types.</param>
/// <param name="Url">The page for the code.</param>
/// <param name="UrlWithCode">The same page with the code; null = the provider has none.</param>
/// <param name="Life">How long the code is valid.</param>
/// <param name="Interval">Time between polls.</param>
internal sealed record DeviceCode(
    string Code,
    string UserCode,
    string Url,
    string? UrlWithCode,
    TimeSpan Life,
    TimeSpan Interval
)
{
    // Never the code.
    public override string ToString() => UserCode;
}
