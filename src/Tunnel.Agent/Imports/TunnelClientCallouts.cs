using Culvert.Platform.Configuration;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Configuration;

namespace Culvert.Tunnel.Agent.Imports;

/// <summary>
/// Imports the section <c>harpoon</c> of <c>tunnel-client</c>, its exact URLs that callers may name: a route to the agent's
/// callouts server.
/// </summary>
/// <param name="file">The client's file.</param>
/// <param name="agent">The new file.</param>
/// <param name="names">The labels of its routes.</param>
internal sealed class TunnelClientCallouts(ImportedFile file, YamlMap agent, RouteNames names)
{
    private const int DefaultBytes = 102_400;
    private const int MostBytes = 16 << 20;
    private const int MostRedirects = 5;

    private const string HttpKey = "allow_plaintext_http";

    private static readonly string[] LimitKeys = [HttpKey, "max_response_bytes", "max_redirects"];

    private readonly ConfigSection harpoon = file.Root.Section("harpoon");
    private readonly HashSet<string> labels = new(StringComparer.Ordinal);
    private readonly HashSet<Uri> urls = [];
    private bool isHttpUsed;

    public void Map()
    {
        var allowsHttp = harpoon.Bool(HttpKey, false);
        var bytes = ReadBytes();
        var redirects = ReadRedirects();
        DropRest();
        var targets = new List<YamlMap>();
        foreach (var section in harpoon.List("targets"))
        {
            if (ReadTarget(section, allowsHttp) is { } target)
            {
                targets.Add(target.Set("max_response_bytes", bytes).Set("max_redirects", redirects));
            }
        }

        if (targets.Count > CalloutReader.MaxTargets)
        {
            harpoon.Error("targets", $"The agent has at most {CalloutReader.MaxTargets} targets.", "Remove some.");
        }

        foreach (var key in LimitKeys.Where(harpoon.Has))
        {
            if (targets.Count == 0 || (key == HttpKey && !isHttpUsed))
            {
                file.NoEqual(harpoon, key, "No target was imported to which it applies.");
            }
        }

        if (targets.Count == 0)
        {
            return;
        }

        var label = names.Add("callouts");
        var route = agent.Section("routes").Section(label);
        route.Section("upstream").Section("callouts").Set("targets", targets);
        route.Section("oauth").Set("mode", "required").Set("issuers", [InitialFile.DefaultIssuer]);
        file.NoEqual(
            harpoon,
            "targets",
            $"The targets are in the route {label}, which wants tokens of callers. The provider calls the channel harpoon without one: "
                + "docs/long-poll.md says how to serve the route there."
        );
        file.ToDo(
            harpoon,
            "targets",
            "Callers need tokens of the issuer (oauth.mode: required). They may set no header and see only Content-Type of "
                + "answers: add request_headers and response_headers to targets that need more."
        );
    }

    private YamlMap? ReadTarget(ConfigSection section, bool allowsHttp)
    {
        var (label, written) = (section.RequiredString("label"), file.Text(section, "url"));
        var description = ReadDescription(section);
        var socket = file.Path(section, "unix_socket");
        if (label.Length > 0 && (!IdForm.IsName(label) || !labels.Add(label)))
        {
            section.Error(
                "label",
                "This is not a label, or another target has it.",
                "Use a label of its own: a-z, 0-9, - and _."
            );
            return null;
        }

        if (!CalloutReader.TryParseUrl(written, out var url))
        {
            section.Error("url", "This is not an exact URL.", "Write https://host/path, without user, fragment or ...");
            return null;
        }

        if (ProgramWords.MayBeSecret(written))
        {
            file.NoEqual(
                section,
                "url",
                "The URL may contain a secret, so the target was not imported. Add it yourself."
            );
            return null;
        }

        if (socket.Length > 0)
        {
            file.NoEqual(section, "unix_socket", "Callouts use no Unix sockets. The target was not imported.");
            return null;
        }

        if (url.Scheme == "http" && !allowsHttp)
        {
            file.NoEqual(
                section,
                "url",
                "tunnel-client refuses http without allow_plaintext_http. The target was not imported."
            );
            return null;
        }

        if (!urls.Add(url))
        {
            file.NoEqual(section, "url", "Another target has this URL, so this one was not imported.");
            return null;
        }

        var target = new YamlMap().Set("name", label).Set("url", written).SetIfAny("description", description);
        target.Set("methods", ["GET", "POST", "PUT"]);
        if (url.Scheme == "http")
        {
            target.Set("dangerous_allow_http", true);
            isHttpUsed = true;
        }

        if (!RouteAddress.MapRanges(url, target))
        {
            file.ToDo(
                section,
                "url",
                "The target must have a private address. If it has others, write them into allowed_ranges."
            );
        }

        return target;
    }

    private string ReadDescription(ConfigSection section)
    {
        var description = section.String("description");
        if (description.Length <= CalloutReader.MaxDescription && !description.Any(char.IsControl))
        {
            return description;
        }

        file.NoEqual(section, "description", "It is not one line of at most 1024 characters.");
        return "";
    }

    private int ReadBytes()
    {
        const string Key = "max_response_bytes";
        var bytes = harpoon.Int(Key, DefaultBytes, 1);
        if (bytes <= MostBytes)
        {
            return bytes;
        }

        file.Changed(harpoon, Key, "The agent allows at most 16MiB, which applies now.");
        return MostBytes;
    }

    private int ReadRedirects()
    {
        const string Key = "max_redirects";
        var redirects = harpoon.Int(Key, MostRedirects);
        if (redirects <= MostRedirects)
        {
            return redirects;
        }

        file.Changed(harpoon, Key, $"The agent follows at most {MostRedirects}.");
        return MostRedirects;
    }

    private void DropRest()
    {
        file.Drop(harpoon, "http_proxy", "The agent connects to targets directly.");
        file.Drop(
            harpoon,
            "additional_transports",
            "The route is an MCP server at Culvert's own edge, if you have one."
        );
        file.Drop(harpoon, "capture_payloads", "The agent records calls without bodies (docs/call-audit.md).");
        foreach (var key in new[] { "suffix", "regex", "loopback", "private" })
        {
            file.Drop(
                harpoon,
                $"hosts_include_{key}",
                "The agent calls no URL that it found in a document. Add a target for each URL that callers need."
            );
        }
    }
}
