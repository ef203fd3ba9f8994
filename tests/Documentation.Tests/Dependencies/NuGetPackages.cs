using System.Text.Json;
using System.Xml.Linq;

namespace Culvert.Documentation.Tests.Dependencies;

/// <summary>What the lock files say that the programs and tests are made of, with the licences of the restored packages.</summary>
internal static class NuGetPackages
{
    private static readonly (string Folder, string Program)[] Programs =
    [
        ("src/Identity.Service", "identity-service"),
        ("src/Tunnel.Edge", "tunnel-edge"),
        ("src/Tunnel.Agent", "tunnel-agent"),
        ("src/Identity.Cli", "culvert"),
    ];

    /// <summary>They analyse or link code; no part of them is in a program.</summary>
    private static readonly string[] OfTheBuild =
    [
        "Microsoft.CodeAnalysis.BannedApiAnalyzers",
        "Microsoft.DotNet.ILCompiler",
        "Microsoft.NET.ILLink.Tasks",
        "runtime.linux-x64.Microsoft.DotNet.ILCompiler",
    ];

    /// <summary>Declared by a file in the package instead of SPDX's words: what that file says.</summary>
    private static readonly IReadOnlyDictionary<string, string> LookedAt = new Dictionary<string, string>
    {
        ["pkcs11interop"] = "Apache-2.0",
        // In the public domain; SPDX calls SQLite's own words that.
        ["sqlite"] = "blessing",
    };

    private static readonly string Cache =
        Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    public static IReadOnlyList<Dependency> Shipped() =>
        [
            .. Programs
                .SelectMany(program =>
                    Locked($"{program.Folder}/publish.lock.json")
                        .Where(package => !OfTheBuild.Contains(package.Name))
                        .Select(package => (package, program.Program))
                )
                .GroupBy(use => use.package)
                .Select(uses => Describe(uses.Key, string.Join(", ", uses.Select(use => use.Program).Distinct())))
                .OrderBy(package => package.Name, StringComparer.OrdinalIgnoreCase),
        ];

    /// <summary>What the projects under <c>src</c> name themselves.</summary>
    public static IEnumerable<string> NamedByPrograms() =>
        Directory
            .EnumerateFiles(Repository.PathOf("src"), "*.csproj", SearchOption.AllDirectories)
            .SelectMany(project => XDocument.Load(project).Descendants("PackageReference"))
            .Select(reference => reference.Attribute("Include")!.Value)
            .Distinct();

    /// <summary>Of every other lock file: tests, benchmarks and the build.</summary>
    public static IReadOnlyList<Dependency> Others()
    {
        var shipped = Shipped().Select(package => (package.Name, package.Version)).ToHashSet();
        return
        [
            .. Directory
                .EnumerateFiles(Repository.PathOf("tests"), "packages.lock.json", SearchOption.AllDirectories)
                .Concat(Programs.Select(program => Repository.PathOf($"{program.Folder}/packages.lock.json")))
                .Where(file => !file.Contains("node_modules", StringComparison.Ordinal))
                .SelectMany(Locked)
                .Distinct()
                .Where(package => !shipped.Contains(package))
                .Select(package => Describe(package, OfTheBuild.Contains(package.Name) ? "build" : "tests"))
                .OrderBy(package => package.Name, StringComparer.OrdinalIgnoreCase)
                .ThenBy(package => package.Version, StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<(string Name, string Version)> Locked(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Repository.PathOf(file)));
        return
        [
            .. document
                .RootElement.GetProperty("dependencies")
                .EnumerateObject()
                .SelectMany(target => target.Value.EnumerateObject())
                .Where(package => package.Value.TryGetProperty("resolved", out _))
                .Select(package => (package.Name, package.Value.GetProperty("resolved").GetString()!))
                .Distinct(),
        ];
    }

    private static Dependency Describe((string Name, string Version) package, string usedBy) =>
        new(package.Name, package.Version, LicenceOf(package.Name.ToLowerInvariant(), package.Version), usedBy);

    private static string LicenceOf(string name, string version)
    {
        var file = Path.Combine(Cache, name, version, $"{name}.nuspec");
        if (!File.Exists(file))
        {
            return ""; // not restored here: the page has it from where it was
        }

        return XDocument
                .Load(file)
                .Descendants()
                .FirstOrDefault(element =>
                    element.Name.LocalName == "license" && (string?)element.Attribute("type") == "expression"
                )
                ?.Value
            ?? LookedAt.GetValueOrDefault(name, "");
    }
}
