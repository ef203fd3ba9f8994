using Duende.IdentityModel;

namespace Culvert.Machine.Client.Tokens.Detection;

/// <summary>Azure managed identity, of a machine or App Service. The audience is a registered application's URI.</summary>
internal sealed class AzureDetector : PlatformDetector
{
    private const string Endpoint = "IDENTITY_ENDPOINT";
    private const string Header = "IDENTITY_HEADER";

    // The same on every Azure machine.
    private const string AssetTag = "7783-7084-3265-9085-8269-3286-77";

    public override string Name => "azure";

    public override DetectorTier Tier => DetectorTier.Machine;

    public override bool IsPresent(PlatformEnvironment environment) =>
        (environment.Has(Endpoint) && environment.Has(Header)) || environment.Firmware("chassis_asset_tag") == AssetTag;

    public override async Task<string> ReadAsync(
        PlatformEnvironment environment,
        string audience,
        CancellationToken cancellationToken
    )
    {
        using var request = NewRequest(environment, Uri.EscapeDataString(audience));
        var answer = await PlatformHttp.SendAsync(request, Name, environment.Time, cancellationToken);
        return PlatformHttp.Member(answer, OidcConstants.TokenResponse.AccessToken, Name);
    }

    private HttpRequestMessage NewRequest(PlatformEnvironment environment, string resource)
    {
        if (environment[Endpoint] is not { } endpoint || environment[Header] is not { } secret)
        {
            var metadata = new HttpRequestMessage(
                HttpMethod.Get,
                new Uri(
                    $"http://{environment.Metadata}/metadata/identity/oauth2/token?api-version=2018-02-01&resource={resource}"
                )
            );
            metadata.Headers.Add("Metadata", "true");
            return metadata;
        }

        // The secret is sent only to the machine itself.
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var url) || !PlatformHttp.IsLocal(url))
        {
            throw Failed($"{Endpoint} is not an address of this machine.");
        }

        var request = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri($"{url.GetLeftPart(UriPartial.Path)}?api-version=2019-08-01&resource={resource}")
        );
        request.Headers.Add("X-IDENTITY-HEADER", secret);
        return request;
    }
}
