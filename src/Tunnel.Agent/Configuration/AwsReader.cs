using System.Text.RegularExpressions;
using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Credentials.Aws;
using Culvert.Tunnel.Agent.Policy.Arguments;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>Reads <c>credentials.aws</c>.</summary>
internal static partial class AwsReader
{
    public static AwsSettings Read(ConfigSection section, OauthSettings oauth)
    {
        var role = section.RequiredString("role");
        if (role.Length > 0 && !Role().IsMatch(role))
        {
            section.Error(
                "role",
                "This is not the ARN of a role.",
                "Write it as IAM shows it, such as arn:aws:iam::123456789012:role/culvert-docs."
            );
        }

        var region = section.RequiredString("region");
        if (region.Length > 0 && !Region().IsMatch(region))
        {
            section.Error("region", "This is not the code of a region.", "Write the code, such as eu-central-1.");
        }

        var service = section.RequiredString("service");
        if (service.Length > 0 && !Service().IsMatch(service))
        {
            section.Error(
                "service",
                "This is not the name of a service in signatures.",
                "Write the name that the service's documentation gives for Signature Version 4, such as execute-api."
            );
        }

        var audience = section.String("audience", AwsSettings.DefaultAudience);
        if (audience.Length == 0)
        {
            section.Error("audience", "It is empty.", "Remove it, or write an audience of the IAM identity provider.");
        }

        var url = CloudEndpointReader.ReadUrl(section, "sts_url", "");
        return new AwsSettings
        {
            Role = role,
            Region = region,
            Service = service,
            StsUrl = url.Length > 0 ? url : AwsSettings.RegionalUrl(region),
            Audience = audience,
            SessionTags = ReadTags(section, oauth),
            Endpoint = CloudEndpointReader.Read(section),
        };
    }

    private static List<KeyValuePair<string, string>> ReadTags(ConfigSection section, OauthSettings oauth)
    {
        const string Key = "session_tags";
        var claims = new ClaimNames(oauth, issuer: "");
        var tags = new List<KeyValuePair<string, string>>();
        foreach (var (tag, value) in section.Values(Key))
        {
            var claim = value.IsReference ? "" : value.Read();
            if (!SessionTags.IsKey(tag))
            {
                section.Error(
                    Key,
                    $"{tag} cannot be the key of a session tag.",
                    "Use up to 128 letters, digits, blanks and _.:/=+-@, and no aws: in front."
                );
            }
            else if (tags.Exists(t => t.Key.Equals(tag, StringComparison.OrdinalIgnoreCase)))
            {
                section.Error(Key, $"AWS has only one tag {tag}, in whatever case.", "Remove one of them.");
            }
            else if (claim.Length == 0)
            {
                section.Error(Key, $"{tag} names no claim.", "Write the name of a claim, such as sub.");
            }
            else if (oauth.Mode != OauthMode.Required)
            {
                section.Error(
                    Key,
                    "This route does not authenticate callers, so that no call has a claim.",
                    "Set oauth.mode: required, or remove it."
                );
            }
            else if (!claims.Includes(claim))
            {
                section.Error(
                    Key,
                    $"The tokens of some issuer of the route are not read for the claim {claim}.",
                    "Add it to the claims of each of the route's issuers."
                );
            }

            tags.Add(new(tag, claim));
        }

        if (tags.Count > SessionTags.MaxTags)
        {
            section.Error(Key, $"A session has at most {SessionTags.MaxTags} tags.", "Set fewer.");
        }

        return tags;
    }

    // The partition, the account, and the role with its path.
    [GeneratedRegex("^arn:aws[a-z-]{0,20}:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]{1,576}\\z")]
    private static partial Regex Role();

    [GeneratedRegex("^[a-z]{2,10}(?:-[a-z]{1,16}){1,3}-[0-9]{1,2}\\z")]
    private static partial Regex Region();

    [GeneratedRegex("^[a-z0-9][a-z0-9.-]{0,62}\\z")]
    private static partial Regex Service();
}
