using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Output;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Cli.Invocation;

/// <summary>Reads <c>$XDG_CONFIG_HOME/culvert/cli.yaml</c> strictly: unknown keys are errors with file and line.</summary>
internal static class CliProfiles
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private static readonly ConfigLocation Location = new("culvert", "", "", "");

    /// <summary>The profile with the name, else the file's default, else an empty one.</summary>
    public static CliProfile Read(string? name, CliHost host)
    {
        var path = GetPath(host);
        if (!File.Exists(path))
        {
            return name is null ? new CliProfile { Source = path } : throw Unknown(name, path, []);
        }

        var loaded = Load(path);
        if (!loaded.IsValid)
        {
            throw new CommandFailure(ExitCode.Configuration, string.Join("\n", loaded.Errors.Select(e => e.ToString())))
            {
                Where = path,
                Next = "docs/cli.md shows a file of profiles",
            };
        }

        var (usual, profiles) = (loaded.Settings.Usual, loaded.Settings.Profiles);
        var wanted = name ?? usual;
        return wanted is null
            ? new CliProfile { Source = path }
            : profiles.FirstOrDefault(profile => profile.Name == wanted) ?? throw Unknown(wanted, path, profiles);
    }

    public static string GetPath(CliHost host) => Path.Combine(UserFolders.Configuration(host), "cli.yaml");

    public static string DescribeSchema() =>
        ConfigSchema.Write(Location.Program, root => Read(root, ""), DescribeKeys());

    /// <summary>Describes the keys of the file. It is read at each run, so every key can be changed at any time.</summary>
    public static ConfigKeys DescribeKeys() => new(_ => true, typeof(CliProfiles).Assembly);

    private static ConfigResult<ProfileFile> Load(string path)
    {
        try
        {
            // No variables, because SettingsReader handles those of the flags.
            return ConfigLoader.Load(Location, path, root => Read(root, path), new Dictionary<string, string>());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Configuration, $"the profiles cannot be read: {e.Message}", e)
            {
                Where = path,
            };
        }
    }

    private static ProfileFile Read(ConfigSection root, string path)
    {
        var usual = NullIfEmpty(root.String("profile"));
        List<CliProfile> profiles = [];
        foreach (var (name, section) in root.Map("profiles"))
        {
            profiles.Add(ReadOne(name, section, path));
        }

        if (usual is not null && profiles.TrueForAll(profile => profile.Name != usual))
        {
            root.Error("profile", "No profile has this name.", "Name one that is listed under profiles.");
        }

        return new ProfileFile(usual, profiles);
    }

    private static CliProfile ReadOne(string name, ConfigSection section, string path)
    {
        var profile = new CliProfile
        {
            Source = $"{name} in {path}",
            Name = name,
            Url = section.Url("url", required: false, Uri.UriSchemeHttps)?.OriginalString,
            CaFile = NullIfEmpty(section.Path("ca_file")),
            CaSha256 = NullIfEmpty(section.String("ca_sha256")),
            AdminKeyFile = NullIfEmpty(section.Path("admin_key_file")),
            Organization = NullIfEmpty(section.String("organization")),
            Workspace = NullIfEmpty(section.String("workspace")),
            Output = OutputFormats.Parse(section.Choice("output", "table", "table", "wide", "json", "yaml", "name")),
            Timeout = section.Duration("timeout", GlobalOptions.DefaultTimeout, TimeSpan.FromMilliseconds(1), Longest),
        };
        if (profile is { CaFile: not null, CaSha256: not null })
        {
            section.Error("ca_sha256", "A CA file and a pin exclude each other.", "Remove one of the two.");
        }

        return profile;
    }

    private static string? NullIfEmpty(string text) => text.Length > 0 ? text : null;

    private static CommandFailure Unknown(string name, string path, IReadOnlyList<CliProfile> known) =>
        new(ExitCode.Configuration, $"there is no profile '{name}'")
        {
            Where = path,
            Next =
                known.Count > 0
                    ? $"name one of {string.Join(", ", known.Select(profile => profile.Name))}"
                    : "write it; docs/cli.md shows how",
        };

    private sealed record ProfileFile(string? Usual, IReadOnlyList<CliProfile> Profiles);
}
