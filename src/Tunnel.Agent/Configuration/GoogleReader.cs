using System.Text.RegularExpressions;
using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Credentials.Google;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>Reads <c>credentials.google</c>.</summary>
internal static partial class GoogleReader
{
    public static GoogleSettings Read(ConfigSection section)
    {
        var audience = section.RequiredString("audience");
        if (audience.Length > 0 && !Provider().IsMatch(audience))
        {
            section.Error(
                "audience",
                "This is not the full resource name of a provider.",
                "Write //iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER."
            );
        }

        var account = section.String("service_account");
        if (account.Length > 0 && !Account().IsMatch(account))
        {
            section.Error(
                "service_account",
                "This is not the e-mail address of a service account.",
                "Write it as NAME@PROJECT.iam.gserviceaccount.com."
            );
        }

        var scopes = section.Strings("scopes");
        if (scopes.Any(scope => !OauthText.IsScope(scope)))
        {
            section.Error(
                "scopes",
                "One of them is not a scope.",
                "Write URLs such as " + GoogleSettings.CloudPlatform + "."
            );
        }

        var idAudience = section.String("id_token_audience");
        if (idAudience.Length > 0 && account.Length == 0)
        {
            section.Error(
                "id_token_audience",
                "Google gives ID tokens for service accounts alone.",
                "Set service_account, or remove it."
            );
        }

        return new GoogleSettings
        {
            Audience = audience,
            ServiceAccount = account,
            Scopes = scopes.Count > 0 ? scopes : [GoogleSettings.CloudPlatform],
            IdTokenAudience = idAudience,
            TokenUrl = CloudEndpointReader.ReadUrl(section, "token_url", GoogleSettings.DefaultTokenUrl),
            IamUrl = CloudEndpointReader.ReadUrl(section, "iam_url", GoogleSettings.DefaultIamUrl),
            Endpoint = CloudEndpointReader.Read(section),
        };
    }

    [GeneratedRegex(
        "^//iam\\.googleapis\\.com/projects/[0-9]{1,20}/locations/global/workloadIdentityPools/[a-z0-9-]{4,32}/providers/[a-z0-9-]{4,32}\\z"
    )]
    private static partial Regex Provider();

    [GeneratedRegex("^[a-z0-9][a-z0-9.-]{0,62}@[a-z0-9][a-z0-9.-]{0,120}\\.gserviceaccount\\.com\\z")]
    private static partial Regex Account();
}
