using System.Text.RegularExpressions;
using Culvert.Platform.Certificates;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Configuration;

/// <summary>Reads the names under which clients, machines and other nodes reach the service.</summary>
internal static partial class ServiceIdentityKeys
{
    // Tokens and machines compare it byte for byte, so it is kept as written and must have a unique spelling.
    public static string ReadUrl(ConfigSection root, string key)
    {
        var text = root.RequiredString(key);
        var valid =
            Uri.TryCreate(text, UriKind.Absolute, out var url)
            && url is { Scheme: "https", AbsolutePath: "/", UserInfo: "", Query: "", Fragment: "" }
            && text == url.GetLeftPart(UriPartial.Authority);
        if (!valid && text.Length > 0)
        {
            root.Error(
                key,
                "This is not the base URL of a service.",
                "Write https://, the name in lower case and the port, with nothing after it (and no :443)."
            );
        }

        return text;
    }

    public static string ReadTrustDomain(ConfigSection root, string publicUrl)
    {
        var text = root.String("trust_domain");
        if (text.Length > 0 && !SpiffeId.IsTrustDomain(text))
        {
            root.Error("trust_domain", "This is not a trust domain.", "Use 1 to 255 of a-z, 0-9, '.', '-' and '_'.");
        }

        if (text.Length > 0 || !Uri.TryCreate(publicUrl, UriKind.Absolute, out var url))
        {
            return text;
        }

        if (!SpiffeId.IsTrustDomain(url.Host))
        {
            root.Error("trust_domain", "The host of public_url cannot be a trust domain.", "Set trust_domain.");
        }

        return url.Host;
    }

    public static string ReadNodeName(ConfigSection node)
    {
        var name = node.String("name");
        if (name.Length > 0 && !NodeNames().IsMatch(name))
        {
            node.Error("name", "This is not the name of a node.", "Use 1 to 63 of a-z, 0-9 and '-', such as node-2.");
        }

        return name;
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,62}$", RegexOptions.CultureInvariant)]
    private static partial Regex NodeNames();
}
