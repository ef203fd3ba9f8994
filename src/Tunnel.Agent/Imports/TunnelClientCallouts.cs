using Culvert.Platform.Configuration;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Configuration;

namespace Culvert.Tunnel.Agent.Imports;

/// <summary>
/// Imports the section <c>harpoon</c> of <c>tunnel-client</c>, the exact URLs that callers may name, as a route to the
/// agent's callouts server.
/// </summary>
/// <param name="file">The client's file.</param>
/// <param name="agent">The new file.</param>
/// <param name="names">The labels of the routes of the new file.</param>
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

    /// <param name="keys">Imports the keys of the section that need no code of their own.</param>
    public void Map(TunnelClientKeys keys)
    {
        var allowsHttp = harpoon.Bool(HttpKey, false);
        var bytes = ReadLimit(
            "max_response_bytes",
            DefaultBytes,
            1,
            MostBytes,
            "The agent allows at most 16MiB, which applies now."
        );
        var redirects = ReadLimit(
            "max_redirects",
            MostRedirects,
            0,
            MostRedirects,
            $"The agent follows at most {MostRedirects}."
        );
        keys.Map("harpoon");
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
                file.Key(harpoon, key).NoEqual("No target was imported to which it applies.");
            }
        }

        if (targets.Count > 0)
        {
            AddRoute(targets);
        }
    }

    private void AddRoute(List<YamlMap> targets)
    {
        var label = names.Add("callouts");
        var route = agent.Section("routes").Section(label);
        route.Section("upstream").Section("callouts").Set("targets", targets);
        route.Section("oauth").Set("mode", "required").Set("issuers", [InitialFile.DefaultIssuer]);
        var key = file.Key(harpoon, "targets");
        key.NoEqual(
            $"The targets are in the route {label}, which wants tokens of callers. The provider calls the channel harpoon without one: "
                + "docs/long-poll.md says how to serve the route there."
        );
        key.ToDo(
            "Callers need tokens of the issuer (oauth.mode: required). They may set no header and see only Content-Type of "
                + "answers: add request_headers and response_headers to targets that need more."
        );
    }

    private YamlMap? ReadTarget(ConfigSection section, bool allowsHttp)
    {
        var (key, socket) = (file.Key(section, "url"), file.Key(section, "unix_socket"));
        var (label, written) = (section.RequiredString("label"), key.Text());
        var description = ReadDescription(section);
        var hasSocket = socket.Path().Length > 0;
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
            key.Error("This is not an exact URL.", "Write https://host/path, without user, fragment or ...");
            return null;
        }

        var isHttp = url.Scheme == "http";
        var (place, problem) =
            ProgramWords.MayBeSecret(written)
                ? (key, "The URL may contain a secret, so the target was not imported. Add it yourself.")
            : hasSocket ? (socket, "Callouts use no Unix sockets. The target was not imported.")
            : isHttp && !allowsHttp
                ? (key, "tunnel-client refuses http without allow_plaintext_http. The target was not imported.")
            : !urls.Add(url) ? (key, "Another target has this URL, so this one was not imported.")
            : (key, "");
        if (problem.Length > 0)
        {
            place.NoEqual(problem);
            return null;
        }

        var target = new YamlMap().Set("name", label).Set("url", written).SetIfAny("description", description);
        target.Set("methods", ["GET", "POST", "PUT"]);
        if (isHttp)
        {
            target.Set("dangerous_allow_http", true);
            isHttpUsed = true;
        }

        if (!RouteAddress.MapRanges(url, target))
        {
            key.ToDo("The target must have a private address. If it has others, write them into allowed_ranges.");
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

        file.Key(section, "description").NoEqual("It is not one line of at most 1024 characters.");
        return "";
    }

    private int ReadLimit(string name, int defaultValue, int min, int max, string note)
    {
        var limit = harpoon.Int(name, defaultValue, min);
        if (limit > max)
        {
            file.Key(harpoon, name).Changed(note);
        }

        return Math.Min(limit, max);
    }
}
