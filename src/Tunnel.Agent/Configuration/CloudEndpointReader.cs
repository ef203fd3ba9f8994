using Culvert.Platform.Configuration;
using Culvert.Platform.Fetching;
using Culvert.Platform.Net;
using Culvert.Tunnel.Agent.Credentials;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>Reads what <c>credentials.aws</c> and <c>credentials.google</c> say of the cloud's endpoints.</summary>
internal static class CloudEndpointReader
{
    public static CloudEndpointSettings Read(ConfigSection section) =>
        new(
            section.Ranges("allowed_ranges"),
            section.ReadRoots("ca_file", section.Path("ca_file"), "Name a file with the endpoint's CA.")
        );

    public static string ReadUrl(ConfigSection section, string key, string otherwise)
    {
        var url = section.String(key, otherwise);
        if ((url.Length > 0 || otherwise.Length > 0) && !SafeFetcher.TryParseUrl(url, out _))
        {
            section.Error(
                key,
                "This is not an https URL.",
                "Remove it, or write the endpoint as the cloud documents it."
            );
        }

        return url;
    }
}
