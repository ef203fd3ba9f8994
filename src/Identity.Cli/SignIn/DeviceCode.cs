namespace Culvert.Identity.Cli.SignIn;

/// <summary>RFC 8628 §3.2.</summary>
/// <param name="Code">What we poll with. A secret.</param>
/// <param name="UserCode">What the person types.</param>
/// <param name="Url">Where the person types it.</param>
/// <param name="UrlWithCode">The same with the code in it; null = the provider has none.</param>
/// <param name="Life">How long it can be used.</param>
/// <param name="Interval">How long to wait between polls.</param>
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
