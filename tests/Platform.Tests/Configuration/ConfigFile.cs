using Culvert.Platform.Configuration;

namespace Culvert.Platform.Tests.Configuration;

/// <summary>Writes a configuration into a folder of its own and reads it back.</summary>
internal sealed class ConfigFile : IDisposable
{
    public const string Prefix = "CULVERT_TEST__";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("culvert-test-");

    public string Folder => folder.FullName;

    public string Path => System.IO.Path.Combine(Folder, "test.yaml");

    public Dictionary<string, string> Environment { get; } = [];

    public Dictionary<string, string> Flags { get; } = [];

    public ConfigDocument Load(string yaml, bool version = true)
    {
        File.WriteAllText(Path, version ? "config_version: 1\n" + yaml : yaml);
        return ConfigDocument.Load(Path, Prefix, Environment, Flags);
    }

    /// <summary>Reads a configuration and gives its errors as the operator sees them, without the folder.</summary>
    public IReadOnlyList<string> Errors(string yaml, Action<ConfigSection> read)
    {
        var document = Load(yaml);
        read(document.Root);
        return [.. document.Complete().Select(e => e.ToString().Replace(Folder + "/", "", StringComparison.Ordinal))];
    }

    public void Dispose() => folder.Delete(recursive: true);
}
