using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.LongPoll;

namespace Culvert.Tunnel.Agent.Imports;

/// <summary>
/// Imports the section <c>mcp</c> of <c>tunnel-client</c>: a route for each server, under the name of its channel.
/// </summary>
/// <param name="file">The client's file.</param>
/// <param name="agent">The new file.</param>
/// <param name="names">The labels of the routes of the new file.</param>
/// <param name="proxy">The client's proxy for all connections; null for none.</param>
/// <param name="caBundle">The client's CA certificates in addition to the system's; empty for none.</param>
internal sealed class TunnelClientServers(
    ImportedFile file,
    YamlMap agent,
    RouteNames names,
    ImportedProxy? proxy,
    string caBundle
)
{
    private const string ProxyKey = "http_proxy";

    // Keys of the section that apply to all servers that have none of their own.
    private static readonly string[] SharedKeys = [ProxyKey, "client_cert", "client_key"];

    private readonly ConfigSection mcp = file.Root.Section("mcp");
    private readonly TunnelClientCredentials credentials = new(file);
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private readonly YamlMap channels = new();
    private bool isProxyUsed;
    private bool isCertificateUsed;

    /// <summary>Adds the routes.</summary>
    /// <returns>The channels of the tunnel with their routes.</returns>
    public YamlMap Map()
    {
        var common = file.Key(mcp, ProxyKey).Proxy("mcp-proxy-password") ?? proxy;
        var certificate = (file.Key(mcp, "client_cert").Path(), file.Key(mcp, "client_key").Path());
        var headers = credentials.ReadHeaders();
        var servers = mcp.List("server_urls").Select(ReadServer).OfType<ImportedServer>().ToList();
        var origins = servers.Select(s => s.Origin).Distinct().ToList();
        var trusted =
            servers.FirstOrDefault(s => s.Name == LongPollSettings.MainChannel)?.Origin
            ?? (origins.Count == 1 ? origins[0] : "");
        foreach (var server in servers)
        {
            var route = AddRoute(server.Section, server.Name);
            MapServer(server, route.Section("upstream"), common, certificate);
            MapAccess(server, route, credentials.Map(server, route, server.Origin == trusted ? headers : []));
        }

        if (headers.Count > 0 && servers.Any(s => s.Origin != trusted))
        {
            file.Key(mcp, "extra_headers")
                .NoEqual(
                    "They are sent to the server of the channel main only. Write upstream.headers into other routes that need them."
                );
        }

        foreach (var command in mcp.List("commands"))
        {
            MapCommand(command);
        }

        if (channels.Keys.Count() > LongPollSettings.MostChannels)
        {
            mcp.Error(
                "server_urls",
                $"A tunnel has at most {LongPollSettings.MostChannels} channels.",
                "Use another tunnel for some of them."
            );
        }

        foreach (var key in SharedKeys.Where(mcp.Has))
        {
            if (!(key == ProxyKey ? isProxyUsed : isCertificateUsed))
            {
                file.Key(mcp, key).NoEqual("No server of this file uses it.");
            }
        }

        return channels;
    }

    // Every key is read even if another key is wrong, so that all errors are reported at once.
    private ImportedServer? ReadServer(ConfigSection section)
    {
        var (name, url) = (ReadChannel(section), ReadUrl(file.Key(section, "url")));
        var socketKey = file.Key(section, "unix_socket");
        var (socket, certificate) = (socketKey.Path(), file.Key(section, "client_cert").Path());
        var key = file.Key(section, "client_key").Path();
        var own = file.Key(section, ProxyKey).Proxy($"{name}-proxy-password");
        if (url?.Scheme == "https" && socket.Length > 0)
        {
            socketKey.NoEqual("The agent uses no TLS on a Unix socket. The server was not imported.");
            return null;
        }

        return name.Length == 0 || url is null
            ? null
            : new ImportedServer(section, name, url)
            {
                Socket = socket,
                Proxy = own,
                Certificate = certificate,
                Key = key,
            };
    }

    private void MapServer(
        ImportedServer server,
        YamlMap upstream,
        ImportedProxy? common,
        (string, string) commonCertificate
    )
    {
        if (server.Socket.Length > 0)
        {
            MapSocket(server, upstream);
        }
        else
        {
            upstream.Set("url", server.Origin);
            MapAddress(server, upstream);
            MapProxy(server, upstream, common);
        }

        MapTls(server, upstream, commonCertificate);
    }

    private string ReadChannel(ConfigSection section)
    {
        var key = file.Key(section, "channel");
        var written = key.Text();
        var name = CommandReader.ReadChannel(written.Length > 0 ? written : LongPollSettings.MainChannel);
        if (name is null)
        {
            key.Error("This is not the name of a channel.", "Use lower-case letters, digits, - and _.");
        }
        else if (name == LongPollSettings.CalloutChannel)
        {
            key.Error("The channel harpoon is reserved.", "Use another name.");
        }
        else if (!seen.Add(name))
        {
            key.Error("Another entry has this channel.", "Give each channel one server.");
        }
        else
        {
            return name;
        }

        return "";
    }

    private static Uri? ReadUrl(ImportedKey key)
    {
        if (
            !Uri.TryCreate(key.Text(), UriKind.Absolute, out var url)
            || url.Scheme is not ("http" or "https")
            || url.Host.Length == 0
        )
        {
            key.Error("This is not an http or https URL.", "Write https://host/mcp.");
            return null;
        }

        var path = url.AbsolutePath;
        if (!OauthReader.IsPath(path))
        {
            key.NoEqual("The path has an escape, an empty segment or a dot segment. The server was not imported.");
            return null;
        }

        if (ProgramWords.MayBeSecret(path))
        {
            key.ToDo(
                "The path may contain a secret, so the server was not imported. Add its route, with the path in oauth.path."
            );
            return null;
        }

        if (url.Query.Length > 0 || url.Fragment.Length > 0)
        {
            key.NoEqual("The query or fragment: an upstream has only scheme, host and port.");
        }

        return url;
    }

    private YamlMap AddRoute(ConfigSection section, string channel)
    {
        var label = names.Add(channel);
        if (label != channel)
        {
            file.Key(section, "channel")
                .Changed($"The route is called {label}, since a label has no other characters.");
        }

        channels.Section(channel).Set("route", label);
        return agent.Section("routes").Section(label);
    }

    private void MapSocket(ImportedServer server, YamlMap upstream)
    {
        var socket = server.Socket;
        if (
            socket.Length > HttpUpstreamReader.MaxSocketPath
            || !socket.StartsWith('/')
            || socket.StartsWith("//", StringComparison.Ordinal)
        )
        {
            server.Section.Error(
                "unix_socket",
                "This is not the path of a Unix socket.",
                $"Write an absolute path of at most {HttpUpstreamReader.MaxSocketPath} characters."
            );
        }
        else
        {
            upstream.Set("url", $"unix:{socket}").Set("host_header", RouteAddress.ToAuthority(server.Url));
        }

        if (server.Proxy is not null)
        {
            file.Key(server.Section, ProxyKey).NoEqual("No proxy leads to a socket of this machine.");
        }
    }

    private void MapAddress(ImportedServer server, YamlMap upstream)
    {
        if (!RouteAddress.MapRanges(server.Url, upstream))
        {
            file.Key(server.Section, "url")
                .ToDo(
                    "The route connects only to private addresses. If the name has others, write them into allowed_ranges."
                );
        }
    }

    private void MapProxy(ImportedServer server, YamlMap upstream, ImportedProxy? common)
    {
        if ((server.Proxy ?? common) is not { } chosen)
        {
            return;
        }

        if (server.Url.IsLoopback || HttpUpstreamReader.IsReservedName(server.Url.IdnHost.TrimEnd('.')))
        {
            file.Key(server.Section, server.Proxy is null ? "url" : ProxyKey)
                .NoEqual("A server of this machine is never reached through a proxy.");
            return;
        }

        isProxyUsed |= server.Proxy is null;
        upstream
            .Set("proxy", chosen.Url)
            .SetIfAny("proxy_username", chosen.UserName)
            .SetIfAny("proxy_password", chosen.Password);
        file.Key(server.Section, "url").ToDo("The proxy's own address must be in allowed_ranges too.");
    }

    private void MapTls(ImportedServer server, YamlMap upstream, (string Certificate, string Key) common)
    {
        var isTls = server.Url.Scheme == "https" && server.Socket.Length == 0;
        var own = (server.Certificate, server.Key);
        var (certificate, key) = own is ("", "") ? common : own;
        if (isTls)
        {
            upstream.Section("tls").SetIfAny("ca_file", caBundle);
        }

        var certificateKey = file.Key(server.Section, "client_cert");
        if (certificate.Length == 0 != (key.Length == 0))
        {
            certificateKey.Error("A certificate needs its key and a key its certificate.", "Set both.");
        }
        else if (isTls)
        {
            isCertificateUsed |= own is ("", "");
            upstream.Section("tls").SetIfAny("client_certificate_file", certificate).SetIfAny("client_key_file", key);
        }
        else if (own is not ("", ""))
        {
            certificateKey.NoEqual("A client certificate and its key are used in TLS only, and this server has none.");
        }
    }

    // The client passed the caller's token on, and checked nothing.
    private void MapAccess(ImportedServer server, YamlMap route, bool hasCredential)
    {
        var (key, oauth, path) = (file.Key(server.Section, "url"), route.Section("oauth"), server.Url.AbsolutePath);
        if (hasCredential)
        {
            RequireToken(
                key,
                oauth.Set("path", path),
                "The server gets the agent's credential, so it cannot check callers."
            );
            return;
        }

        oauth.Set("mode", "passthrough").Set("path", path);
        key.ToDo(
            "The server itself must check the tokens of callers, as before (oauth.mode: passthrough). If it does not, write "
                + "required, with issuers: otherwise every user of the tunnel may call it."
        );
    }

    private static void RequireToken(ImportedKey key, YamlMap oauth, string why)
    {
        oauth.Set("mode", "required").Set("issuers", [InitialFile.DefaultIssuer]);
        key.ToDo(
            $"{why} The agent checks them now (oauth.mode: required): clients need tokens of the issuer, and "
                + "oauth.audiences must contain the URL that the provider shows them."
        );
    }

    private void MapCommand(ConfigSection section)
    {
        var (key, name) = (file.Key(section, "command"), ReadChannel(section));
        var text = key.Text();
        var words = ProgramWords.Split(text);
        if (words is null)
        {
            key.Error("The command is empty, or a quote is not closed.", "Write a program and its arguments.");
            return;
        }

        if (name.Length == 0)
        {
            return;
        }

        if (text.Contains('\\', StringComparison.Ordinal))
        {
            key.Changed("A backslash is a character like others. Check the arguments.");
        }

        var replaced = ProgramWords.HideSecrets(words);
        if (replaced > 0)
        {
            key.NoEqual(
                $"{replaced} of the arguments may contain a secret, which every user of the machine could read. It was replaced by "
                    + $"{ProgramWords.Replacement}. Pass secrets in stdio.environment, such as {{API_KEY: file:/path}}."
            );
        }

        var route = AddRoute(section, name);
        route.Section("upstream").Section("stdio").Set("command", words);
        RequireToken(key, route.Section("oauth"), "A program cannot check the tokens of callers.");
        key.Changed(
            "Each session has a program of its own, in the folder / and with the variables PATH and LANG only. Write "
                + "stdio.sharing, stdio.working_directory and stdio.inherit_environment if it needs more."
        );
    }
}
