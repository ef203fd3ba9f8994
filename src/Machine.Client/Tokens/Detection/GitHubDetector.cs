using Duende.IdentityModel.Client;

namespace Culvert.Machine.Client.Tokens.Detection;

/// <summary>GitHub Actions and Enterprise Server: an HTTPS request returns a new token for each audience and use.</summary>
internal sealed class GitHubDetector : PlatformDetector
{
    private const string Url = "ACTIONS_ID_TOKEN_REQUEST_URL";
    private const string Token = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";

    public override string Name => "github";

    public override DetectorTier Tier => DetectorTier.Job;

    public override bool IsPresent(PlatformEnvironment environment) => environment.Has(Url) && environment.Has(Token);

    public override string? Missing(PlatformEnvironment environment) =>
        environment.Has("GITHUB_ACTIONS")
            ? "This GitHub Actions job may not request a token: give it `permissions: id-token: write`."
            : null;

    public override async Task<string> ReadAsync(
        PlatformEnvironment environment,
        string audience,
        CancellationToken cancellationToken
    )
    {
        if (!Uri.TryCreate(environment[Url], UriKind.Absolute, out var given) || environment[Token] is not { } bearer)
        {
            throw Failed($"{Url} and {Token} are not set; the job needs `permissions: id-token: write`.");
        }

        if (given.Scheme != Uri.UriSchemeHttps && !given.IsLoopback)
        {
            throw Failed($"{Url} is not an https URL.");
        }

        var separator = given.Query.Length > 0 ? "&" : "?";
        var url = new Uri($"{given.AbsoluteUri}{separator}audience={Uri.EscapeDataString(audience)}");
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.SetBearerToken(bearer);
        var answer = await PlatformHttp.SendAsync(request, Name, environment.Time, cancellationToken);
        return PlatformHttp.Member(answer, "value", Name);
    }
}
