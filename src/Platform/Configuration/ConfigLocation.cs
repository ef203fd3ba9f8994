namespace Culvert.Platform.Configuration;

/// <summary>The location of a program's configuration and the prefix of its variables.</summary>
/// <param name="Program">For messages and the schema's title, such as <c>tunnel-agent</c>.</param>
/// <param name="ProfileFolder">Its profiles' folder under <c>$XDG_CONFIG_HOME/culvert</c>, such as <c>agent</c>.</param>
/// <param name="DefaultPath">The file when neither option is given.</param>
/// <param name="EnvironmentPrefix">Such as <c>CULVERT_AGENT__</c>.</param>
public sealed record ConfigLocation(string Program, string ProfileFolder, string DefaultPath, string EnvironmentPrefix)
{
    public static ConfigLocation Agent { get; } =
        new("tunnel-agent", "agent", "/etc/culvert/agent.yaml", "CULVERT_AGENT__");

    public static ConfigLocation Edge { get; } = new("tunnel-edge", "edge", "/etc/culvert/edge.yaml", "CULVERT_EDGE__");

    public static ConfigLocation Service { get; } =
        new("identity-service", "identity-service", "/etc/culvert/identity-service.yaml", "CULVERT_SERVICE__");

    /// <summary>Finds the file: <c>--config</c>, else the profile of that name, else the default.</summary>
    public string FindFile(string? config, string? profile, IReadOnlyDictionary<string, string> environment)
    {
        if (config is not null)
        {
            return config;
        }

        return profile is null
            ? DefaultPath
            : Path.Combine(FindProfiles(environment), Path.GetFileName(profile) + ".yaml");
    }

    public string FindProfiles(IReadOnlyDictionary<string, string> environment) =>
        Path.Combine(UserFolder(environment, "XDG_CONFIG_HOME", ".config"), "culvert", ProfileFolder);

    /// <summary>The state directory of a profile.</summary>
    public string FindState(string profile, IReadOnlyDictionary<string, string> environment) =>
        Path.Combine(
            UserFolder(environment, "XDG_STATE_HOME", ".local/state"),
            "culvert",
            ProfileFolder,
            Path.GetFileName(profile)
        );

    private static string UserFolder(IReadOnlyDictionary<string, string> environment, string variable, string usual)
    {
        var written = environment.GetValueOrDefault(variable, "");
        return Path.IsPathRooted(written) ? written : Path.Combine(environment.GetValueOrDefault("HOME", "/"), usual);
    }
}
