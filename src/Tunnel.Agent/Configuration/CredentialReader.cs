using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Upstreams;
using Microsoft.Extensions.Primitives;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>Reads a route's <c>credentials</c>.</summary>
internal static class CredentialReader
{
    public static CredentialSettings Read(ConfigSection section)
    {
        var type =
            section.Choice("type", "none", "none", "static") == "static" ? CredentialType.Static : CredentialType.None;
        var settings = new CredentialSettings
        {
            Type = type,
            Header = section.String("header", "Authorization"),
            Value = section.Secret("value", required: type == CredentialType.Static),
        };
        section.NotYet("token");
        if (type != CredentialType.Static && settings.Value is not null)
        {
            section.Error("value", "It is not used with this type.", "Set type: static, or remove it.");
        }

        if (!IsFieldName(settings.Header) || !HeaderRules.ForwardsRequest(settings.Header, StringValues.Empty))
        {
            section.Error(
                "header",
                "No credential can be sent in this header.",
                "Write Authorization, or the name of a header that the upstream reads, such as X-Api-Key."
            );
        }

        return settings;
    }

    // RFC 9110 §5.6.2
    internal static bool IsFieldName(string name) =>
        name.Length > 0
        && name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));
}
