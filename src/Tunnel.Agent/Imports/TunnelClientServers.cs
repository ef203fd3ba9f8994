using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.LongPoll;

namespace Culvert.Tunnel.Agent.Imports;

/// <summary>Imports the section <c>mcp</c> of <c>tunnel-client</c>: a route for each server, under the name of its channel.</summary>
/// <param name="file">The client's file.</param>
/// <param name="agent">The new file.</param>
/// <param name="names">The labels of its routes.</param>
/// <param name="proxy">The client's proxy for everything; null for none.</param>
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

    // Of the section, for all servers that have none of their own.
    private static readonly string[] SharedKeys = [ProxyKey, "client_cert", "client_key"];

    private readonly ConfigSection mcp = file.Root.Section("mcp");
    private readonly TunnelClientCredentials credentials = new(file);
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> labels = new(StringComparer.Ordinal);
    private readonly YamlMap channels = new();
    private bool isProxyUsed;
    private bool isCertificateUsed;

    /// <summary>Adds the routes.</summary>
    /// <returns>The channels of the tunnel with their routes.</returns>
    public YamlMap Map()
    {
        var common = file.Proxy(mcp, ProxyKey, "mcp-proxy-password") ?? proxy;
        var certificate = (file.Path(mcp, "client_cert"), file.Path(mcp, "client_key"));
        var headers = credentials.ReadHeaders();
        var servers = mcp.List("server_urls").Select(ReadServer).OfType<ImportedServer>().ToList();
        var origins = servers.Select(s => s.Origin).Distinct().ToList();
        var trusted =
            servers.FirstOrDefault(s => s.Name == LongPollSettings.MainChannel)?.Origin
            ?? (origins.Count == 1 ? origins[0] : "");
        foreach (var server in servers)
        {
            MapServer(server, common, certificate);
            MapCredentials(server, server.Origin == trusted ? headers : []);
        }

        if (headers.Count > 0 && servers.Any(s => s.Origin != trusted))
        {
            file.NoEqual(
                mcp,
                "extra_headers",
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

        ReportUnused();
        file.Drop(
            mcp,
            "discovery_extra_headers",
            "The agent's health checks send upstream.headers and credentials of the route."
        );
        file.Drop(
            mcp,
            "stdio_send_initialized_notification",
            "The agent does not add messages of a client. Clients send notifications/initialized themselves."
        );
        return channels;
    }

    private void ReportUnused()
    {
        foreach (var key in SharedKeys.Where(mcp.Has))
        {
            if (!(key == ProxyKey ? isProxyUsed : isCertificateUsed))
            {
                file.NoEqual(mcp, key, "No server of this file uses it.");
            }
        }
    }

    // Every key is read, whatever is wrong with another.
    private ImportedServer? ReadServer(ConfigSection section)
    {
        var (name, url) = (ReadChannel(section), ReadUrl(section));
        var (socket, certificate) = (file.Path(section, "unix_socket"), file.Path(section, "client_cert"));
        var (key, own) = (file.Path(section, "client_key"), file.Proxy(section, ProxyKey, $"{name}-proxy-password"));
        if (url?.Scheme == "https" && socket.Length > 0)
        {
            file.NoEqual(
                section,
                "unix_socket",
                "The agent uses no TLS on a Unix socket. The server was not imported."
            );
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

    private void MapServer(ImportedServer server, ImportedProxy? common, (string, string) commonCertificate)
    {
        var (section, url) = (server.Section, server.Url);
        var upstream = AddRoute(section, server.Name).Section("upstream");
        if (server.Socket.Length > 0)
        {
            MapSocket(section, upstream, url, server.Socket);
            if (server.Proxy is not null)
            {
                file.NoEqual(section, ProxyKey, "No proxy leads to a socket of this machine.");
            }
        }
        else
        {
            upstream.Set("url", server.Origin);
            MapAddress(section, upstream, url);
            MapProxy(server, upstream, common);
        }

        MapTls(server, upstream, commonCertificate);
    }

    private void MapCredentials(ImportedServer server, IReadOnlyList<(string Name, string Reference)> headers)
    {
        var route = FindRoute(server.Name);
        MapAccess(server.Section, route, server.Url, credentials.Map(server, route, headers));
    }

    private string ReadChannel(ConfigSection section)
    {
        var written = file.Text(section, "channel");
        var name = CommandReader.ReadChannel(written.Length > 0 ? written : LongPollSettings.MainChannel);
        if (name is null)
        {
            section.Error("channel", "This is not the name of a channel.", "Use lower-case letters, digits, - and _.");
            return "";
        }

        if (name == LongPollSettings.CalloutChannel)
        {
            section.Error("channel", "The channel harpoon is reserved.", "Use another name.");
            return "";
        }

        if (!seen.Add(name))
        {
            section.Error("channel", "Another entry has this channel.", "Give each channel one server.");
            return "";
        }

        return name;
    }

    private Uri? ReadUrl(ConfigSection server)
    {
        const string Key = "url";
        var text = file.Text(server, Key);
        if (
            !Uri.TryCreate(text, UriKind.Absolute, out var url)
            || url.Scheme is not ("http" or "https")
            || url.Host.Length == 0
        )
        {
            server.Error(Key, "This is not an http or https URL.", "Write https://host/mcp.");
            return null;
        }

        var path = url.AbsolutePath;
        if (!OauthReader.IsPath(path))
        {
            file.NoEqual(
                server,
                Key,
                "The path has an escape, an empty segment or a dot segment. The server was not imported."
            );
            return null;
        }

        if (ProgramWords.MayBeSecret(path))
        {
            file.ToDo(
                server,
                Key,
                "The path may contain a secret, so the server was not imported. Add its route, with the path in oauth.path."
            );
            return null;
        }

        if (url.Query.Length > 0 || url.Fragment.Length > 0)
        {
            file.NoEqual(server, Key, "The query or fragment: an upstream has only scheme, host and port.");
        }

        return url;
    }

    private YamlMap AddRoute(ConfigSection section, string channel)
    {
        var label = names.Add(channel);
        if (label != channel)
        {
            file.Changed(section, "channel", $"The route is called {label}, since a label has no other characters.");
        }

        channels.Section(channel).Set("route", label);
        labels.Add(channel, label);
        return FindRoute(channel);
    }

    private YamlMap FindRoute(string channel) => agent.Section("routes").Section(labels[channel]);

    private static void MapSocket(ConfigSection server, YamlMap upstream, Uri url, string socket)
    {
        const string Key = "unix_socket";
        if (
            socket.Length > HttpUpstreamReader.MaxSocketPath
            || !socket.StartsWith('/')
            || socket.StartsWith("//", StringComparison.Ordinal)
        )
        {
            server.Error(
                Key,
                "This is not the path of a Unix socket.",
                $"Write an absolute path of at most {HttpUpstreamReader.MaxSocketPath} characters."
            );
            return;
        }

        upstream.Set("url", $"unix:{socket}").Set("host_header", RouteAddress.ToAuthority(url));
    }

    private void MapAddress(ConfigSection server, YamlMap upstream, Uri url)
    {
        if (!RouteAddress.MapRanges(url, upstream))
        {
            file.ToDo(
                server,
                "url",
                "The route connects only to private addresses. If the name has others, write them into allowed_ranges."
            );
        }
    }

    private void MapProxy(ImportedServer server, YamlMap upstream, ImportedProxy? common)
    {
        var (section, url) = (server.Section, server.Url);
        if ((server.Proxy ?? common) is not { } chosen)
        {
            return;
        }

        if (RouteAddress.IsLocal(url) || HttpUpstreamReader.IsReservedName(url.IdnHost.TrimEnd('.')))
        {
            file.NoEqual(
                section,
                server.Proxy is null ? "url" : ProxyKey,
                "A server of this machine is never reached through a proxy."
            );
            return;
        }

        isProxyUsed |= server.Proxy is null;
        upstream
            .Set("proxy", chosen.Url)
            .SetIfAny("proxy_username", chosen.UserName)
            .SetIfAny("proxy_password", chosen.Password);
        file.ToDo(section, "url", "The proxy's own address must be in allowed_ranges too.");
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

        if (certificate.Length == 0 != (key.Length == 0))
        {
            server.Section.Error("client_cert", "A certificate needs its key and a key its certificate.", "Set both.");
        }
        else if (isTls)
        {
            isCertificateUsed |= own is ("", "");
            upstream.Section("tls").SetIfAny("client_certificate_file", certificate).SetIfAny("client_key_file", key);
        }
        else if (own is not ("", ""))
        {
            file.NoEqual(
                server.Section,
                "client_cert",
                "A client certificate and its key are used in TLS only, and this server has none."
            );
        }
    }

    // What the client did: it passed the caller's token on, and checked nothing.
    private void MapAccess(ConfigSection server, YamlMap route, Uri url, bool hasCredential)
    {
        var path = url.AbsolutePath;
        var oauth = route.Section("oauth");
        if (hasCredential)
        {
            RequireToken(
                server,
                "url",
                oauth.Set("path", path),
                "The server gets the agent's credential, so it cannot check callers."
            );
            return;
        }

        oauth.Set("mode", "passthrough").Set("path", path);
        file.ToDo(
            server,
            "url",
            "The server itself must check the tokens of callers, as before (oauth.mode: passthrough). If it does not, write "
                + "required, with issuers: otherwise every user of the tunnel may call it."
        );
    }

    private void RequireToken(ConfigSection section, string key, YamlMap oauth, string why)
    {
        oauth.Set("mode", "required").Set("issuers", [InitialFile.DefaultIssuer]);
        file.ToDo(
            section,
            key,
            $"{why} The agent checks them now (oauth.mode: required): clients need tokens of the issuer, and "
                + "oauth.audiences must contain the URL that the provider shows them."
        );
    }

    private void MapCommand(ConfigSection section)
    {
        const string Key = "command";
        var name = ReadChannel(section);
        var text = file.Text(section, Key);
        var words = ProgramWords.Split(text);
        if (words is null)
        {
            section.Error(Key, "The command is empty, or a quote is not closed.", "Write a program and its arguments.");
            return;
        }

        if (name.Length == 0)
        {
            return;
        }

        if (text.Contains('\\', StringComparison.Ordinal))
        {
            file.Changed(section, Key, "A backslash is a character like others. Check the arguments.");
        }

        var replaced = ProgramWords.HideSecrets(words);
        if (replaced > 0)
        {
            file.NoEqual(
                section,
                Key,
                $"{replaced} of the arguments may contain a secret, which every user of the machine could read. It was replaced by "
                    + $"{ProgramWords.Replacement}. Pass secrets in stdio.environment, such as {{API_KEY: file:/path}}."
            );
        }

        var route = AddRoute(section, name);
        route.Section("upstream").Section("stdio").Set("command", words);
        RequireToken(section, Key, route.Section("oauth"), "A program cannot check the tokens of callers.");
        file.Changed(
            section,
            Key,
            "Each session has a program of its own, in the folder / and with the variables PATH and LANG only. Write "
                + "stdio.sharing, stdio.working_directory and stdio.inherit_environment if it needs more."
        );
    }
}
