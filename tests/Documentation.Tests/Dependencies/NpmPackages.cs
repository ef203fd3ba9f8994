using System.Globalization;
using System.Text.Json;

namespace Culvert.Documentation.Tests.Dependencies;

/// <summary>What the tests run in addition to the programs: packages of npm, by their lock files.</summary>
internal static class NpmPackages
{
    private const string Folder = "node_modules/";

    /// <summary>Declared in words instead of SPDX's, or in an obsolete form: what their LICENSE files say.</summary>
    private static readonly Dictionary<string, string> LookedAt = new(StringComparer.Ordinal)
    {
        ["@modelcontextprotocol/inspector"] = "MIT AND Apache-2.0",
        ["@modelcontextprotocol/inspector-cli"] = "MIT AND Apache-2.0",
        ["@modelcontextprotocol/inspector-client"] = "MIT AND Apache-2.0",
        ["@modelcontextprotocol/inspector-server"] = "MIT AND Apache-2.0",
        ["@modelcontextprotocol/server-everything"] = "MIT AND Apache-2.0",
        ["@modelcontextprotocol/server-filesystem"] = "MIT AND Apache-2.0",
        ["@modelcontextprotocol/server-memory"] = "MIT AND Apache-2.0",
        ["rechoir"] = "MIT",
    };

    /// <summary>What the tests name themselves.</summary>
    public static IReadOnlyList<Dependency> Named() =>
        [
            .. Locks()
                .SelectMany(file => Read(file, isNamed: true))
                .OrderBy(package => package.Name, StringComparer.Ordinal),
        ];

    /// <summary>How many packages each licence covers, those that others bring included.</summary>
    public static IReadOnlyList<(string Licence, int Count)> Licences() =>
        [
            .. Locks()
                .SelectMany(file => Read(file, isNamed: false))
                .DistinctBy(package => (package.Name, package.Version))
                .GroupBy(package => package.Licence)
                .Select(packages => (packages.Key, packages.Count()))
                .OrderBy(row => row.Key, StringComparer.Ordinal),
        ];

    private static IEnumerable<string> Locks() =>
        Directory
            .EnumerateFiles(Repository.PathOf("tests/Peers"), "package-lock.json", SearchOption.AllDirectories)
            .Where(file => !file.Contains("node_modules", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    private static IReadOnlyList<Dependency> Read(string file, bool isNamed)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        var packages = document.RootElement.GetProperty("packages");
        var named = packages
            .GetProperty("")
            .GetProperty("dependencies")
            .EnumerateObject()
            .Select(package => Folder + package.Name)
            .ToHashSet(StringComparer.Ordinal);
        var place = Path.GetRelativePath(Repository.Root, Path.GetDirectoryName(file)!);
        return
        [
            .. packages
                .EnumerateObject()
                .Where(package => package.Name.Length > 0 && (!isNamed || named.Contains(package.Name)))
                .Select(package => (Name: NameOf(package), package.Value))
                .Select(package => new Dependency(
                    package.Name,
                    package.Value.TryGetProperty("version", out var version) ? version.GetString()! : "",
                    LookedAt.GetValueOrDefault(package.Name) ?? LicenceOf(package.Value),
                    place
                )),
        ];
    }

    private static string NameOf(JsonProperty package) =>
        package.Name[(package.Name.LastIndexOf(Folder, StringComparison.Ordinal) + Folder.Length)..];

    private static string LicenceOf(JsonElement package) =>
        package.TryGetProperty("license", out var licence)
            ? string.Create(CultureInfo.InvariantCulture, $"{licence}")
            : "";
}
