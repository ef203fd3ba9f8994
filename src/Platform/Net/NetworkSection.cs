using System.Net.Sockets;
using Culvert.Platform.Configuration;

namespace Culvert.Platform.Net;

public static class NetworkSection
{
    /// <summary>The value of <c>network.proxy.url</c> that selects the process's environment variables.</summary>
    private const string FromEnvironment = "environment";

    public static NetworkOptions Read(ConfigSection root)
    {
        ArgumentNullException.ThrowIfNull(root);
        var section = root.Section("network");
        return new NetworkOptions
        {
            Proxy = ReadProxy(section.Section("proxy")),
            CaBundle = ReadBundle(section),
            Family = section.Choice("address_family", "any", "any", "ipv4", "ipv6") switch
            {
                "ipv4" => AddressFamily.InterNetwork,
                "ipv6" => AddressFamily.InterNetworkV6,
                _ => AddressFamily.Unspecified,
            },
        };
    }

    private static HttpProxyOptions? ReadProxy(ConfigSection section)
    {
        var written = section.String("url");
        var (user, password) = (section.String("username"), section.Secret("password"));
        var direct = section.Strings("no_proxy");
        if (written.Length == 0)
        {
            return null;
        }

        if (written == FromEnvironment)
        {
            var options = OfEnvironment(ConfigLoader.ProcessEnvironment(), out var problem);
            if (problem is not null)
            {
                section.Error("url", problem, "Correct the variable, or write the proxy into this section.");
            }

            return options;
        }

        if (!IsProxy(written, out var url) || url.UserInfo.Length > 0)
        {
            section.Error(
                "url",
                "This is not the URL of a proxy.",
                "Write http://proxy.example:3128, or environment; write a user name into username."
            );
            return null;
        }

        if (direct.FirstOrDefault(e => !HttpProxyOptions.IsEntry(e)) is { } unreadable)
        {
            section.Error(
                "no_proxy",
                $"\"{unreadable}\" is neither a name, nor an address, nor a range, nor *.",
                "Write example.com, 10.0.0.7 or 10.0.0.0/8; a port may follow a colon."
            );
        }

        if (password is not null && user.Length == 0)
        {
            section.Error("password", "A password needs a user name.", "Set username as well.");
        }

        return new HttpProxyOptions
        {
            Url = url,
            UserName = user,
            Password = password,
            NoProxy = direct,
        };
    }

    /// <summary>Reads the usual proxy variables, in either case; null when none names a proxy.</summary>
    /// <param name="problem">The unusable variable, without its value, which may contain a password.</param>
    internal static HttpProxyOptions? OfEnvironment(
        IReadOnlyDictionary<string, string> environment,
        out string? problem
    )
    {
        problem = null;
        if (Variable("HTTPS_PROXY") is not { } text)
        {
            return null;
        }

        // Without a scheme it is http, as in other programs.
        if (!IsProxy(text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}", out var url))
        {
            problem = "HTTPS_PROXY is not the URL of an HTTP or HTTPS proxy without a path.";
            return null;
        }

        string[] direct = (Variable("NO_PROXY") ?? "").Split(
            ',',
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
        );
        if (direct.FirstOrDefault(e => !HttpProxyOptions.IsEntry(e)) is { } unreadable)
        {
            problem = $"NO_PROXY has \"{unreadable}\", which is neither a name, nor an address, nor a range, nor *.";
            return null;
        }

        var user = url.UserInfo.Split(':', 2);
        return new HttpProxyOptions
        {
            Url = new Uri(url.GetLeftPart(UriPartial.Scheme) + url.Authority),
            UserName = Uri.UnescapeDataString(user[0]),
            EnvironmentPassword = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
            NoProxy = direct,
        };

        string? Variable(string name) =>
            environment.GetValueOrDefault(name.ToLowerInvariant()) is { Length: > 0 } lower ? lower
            : environment.GetValueOrDefault(name) is { Length: > 0 } upper ? upper
            : null;
    }

    /// <summary>Whether a text is the URL of a proxy: http or https, without path.</summary>
    public static bool IsProxy(string text, out Uri url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url!)
        && url.Scheme is "http" or "https"
        && url is { AbsolutePath: "/", Query: "", Fragment: "", Host.Length: > 0 };

    private static string ReadBundle(ConfigSection section)
    {
        var file = section.Path("ca_bundle");
        return
            file.Length > 0
            && section.ReadCertificates("ca_bundle", file, "Name a file with CA certificates.") is not null
            ? file
            : "";
    }
}
