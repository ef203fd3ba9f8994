namespace Culvert.Machine.Client.Tokens.Detection;

/// <summary>Google Cloud (Compute Engine, Cloud Run): the metadata service signs a token for our audience.</summary>
internal sealed class GcpDetector : PlatformDetector
{
    public override string Name => "gcp";

    public override DetectorTier Tier => DetectorTier.Machine;

    public override bool IsPresent(PlatformEnvironment environment) =>
        environment.Has("K_SERVICE") || environment.Firmware("product_name") == "Google Compute Engine";

    public override async Task<string> ReadAsync(
        PlatformEnvironment environment,
        string audience,
        CancellationToken cancellationToken
    )
    {
        var url = new Uri(
            $"http://{environment.Metadata}/computeMetadata/v1/instance/service-accounts/default/identity"
                + $"?audience={Uri.EscapeDataString(audience)}&format=full"
        );
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Add("Metadata-Flavor", "Google");
        return await PlatformHttp.SendAsync(request, Name, environment.Time, cancellationToken);
    }
}
