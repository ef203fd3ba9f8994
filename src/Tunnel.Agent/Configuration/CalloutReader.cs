using Culvert.Platform.Configuration;
using Culvert.Platform.Net;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Upstreams.Callouts;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>Reads the <c>upstream</c> of a callouts route.</summary>
internal static class CalloutReader
{
    internal const int MaxTargets = 1000;
    internal const int MaxDescription = 1024;
    private const string Default = "GET";
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

    /// <summary>Returns a usable upstream even if errors were reported.</summary>
    public static CalloutSettings Read(
        ConfigSection upstream,
        ConfigSection callouts,
        NetworkOptions network,
        string path
    )
    {
        var targets = new List<CalloutTarget>();
        foreach (var section in callouts.List("targets"))
        {
            var target = ReadTarget(section);
            if (targets.Any(t => t.Name == target.Name))
            {
                section.Error("name", "Another target has this name.", "Give each its own.");
            }
            else if (targets.Any(t => t.Url == target.Url))
            {
                section.Error("url", "Another target has this URL.", "One target may allow several methods.");
            }
            else
            {
                targets.Add(target);
            }
        }

        if (targets.Count is 0 or > MaxTargets)
        {
            callouts.Error("targets", "The number of targets must be from 1 to 1000.", "List what may be called.");
        }

        return new CalloutSettings
        {
            Path = path,
            Targets = targets,
            CaBundle = network.CaBundle,
            Timeouts = new UpstreamTimeouts(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(1)),
            Probe = UpstreamReader.ReadProbe(upstream.Section("health"), isHttp: false, path),
        };
    }

    private static CalloutTarget ReadTarget(ConfigSection section)
    {
        var name = section.RequiredString("name");
        if (name.Length > 0 && !IdForm.IsName(name))
        {
            section.Error("name", "This is not a valid name.", "Use 1 to 64 lower-case letters, digits, - and _.");
        }

        var methods = section.Strings("methods", Default);
        if (methods.Count == 0 || methods.Except(Methods, StringComparer.Ordinal).Any())
        {
            section.Error("methods", "One of these is not an allowed method.", $"Use {string.Join(", ", Methods)}.");
        }

        var requestHeaders = section.Strings("request_headers");
        if (requestHeaders.Any(h => !CredentialReader.IsFieldName(h) || !HeaderRules.MaySend(h)))
        {
            section.Error("request_headers", "One of these cannot be set by a caller.", "Remove it.");
        }

        return new CalloutTarget
        {
            Name = name,
            Url = ReadUrl(section, section.Bool("dangerous_allow_http", false)),
            Description = ReadDescription(section),
            Category = ReadCategory(section),
            Tags = ReadTags(section),
            Methods = methods,
            RequestHeaders = requestHeaders,
            ResponseHeaders = section.Strings("response_headers", "content-type"),
            MaxRequestBytes = (int)section.Size("max_request_bytes", 100 << 10, 0, 16 << 20),
            MaxResponseBytes = (int)section.Size("max_response_bytes", 100 << 10, 0, 16 << 20),
            Timeout = section.Duration(
                "timeout",
                TimeSpan.FromSeconds(30),
                TimeSpan.FromMilliseconds(100),
                TimeSpan.FromMinutes(2)
            ),
            MaxRedirects = section.Int("max_redirects", 0, 0, 5),
            AllowedRanges = section.Ranges("allowed_ranges", UpstreamReader.PrivateRanges),
        };
    }

    private static string ReadDescription(ConfigSection section)
    {
        var text = section.String("description");
        if (text.Length > MaxDescription || text.Any(char.IsControl))
        {
            section.Error(
                "description",
                "It is too long, or not plain text.",
                "Use one line of at most 1024 characters."
            );
        }

        return text;
    }

    private static string ReadCategory(ConfigSection section)
    {
        var category = section.String("category", CalloutTarget.DefaultCategory);
        if (!IdForm.IsName(category))
        {
            section.Error("category", "This is not a category.", "Use 1 to 64 lower-case letters, digits, - and _.");
        }

        return category;
    }

    private static IReadOnlyList<string> ReadTags(ConfigSection section)
    {
        var tags = section.Strings("tags");
        if (!tags.All(IdForm.IsName))
        {
            section.Error("tags", "One of these is not a tag.", "Use 1 to 64 lower-case letters, digits, - and _.");
        }

        return tags;
    }

    private static Uri ReadUrl(ConfigSection section, bool allowsHttp)
    {
        var text = section.RequiredString("url");
        if (!TryParseUrl(text, out var url))
        {
            if (text.Length > 0)
            {
                section.Error(
                    "url",
                    "This is not an exact URL.",
                    "Write https://host/path, without user, fragment or ..."
                );
            }

            return new Uri("https://unset.invalid");
        }

        if (url.Scheme == "http" && !allowsHttp)
        {
            section.Error(
                "url",
                "In clear text, anyone on the network path can read it.",
                "Write https, or dangerous_allow_http: true."
            );
        }

        return url;
    }

    internal static bool TryParseUrl(string text, out Uri url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url!)
        && url is { UserInfo: "", Fragment: "", Host.Length: > 0, Scheme: "https" or "http" }
        && !text.Contains("/..", StringComparison.Ordinal)
        && !text.Contains('#', StringComparison.Ordinal);
}
