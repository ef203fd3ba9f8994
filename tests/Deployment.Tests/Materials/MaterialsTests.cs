using System.Security.Cryptography;
using System.Text.Json;

namespace Culvert.Deployment.Tests.Materials;

/// <summary>What is handed on with every program: its bill of materials, and the notices that licences ask for.</summary>
public sealed class MaterialsTests
{
    /// <summary>They analyse or compile code, or name other packages; no part of them is in a program.</summary>
    private static readonly string[] WithoutCode =
    [
        "Microsoft.CodeAnalysis.BannedApiAnalyzers",
        "Microsoft.DotNet.ILCompiler",
        "runtime.linux-x64.Microsoft.DotNet.ILCompiler",
        "Microsoft.NET.ILLink.Tasks",
        "SQLitePCLRaw.bundle_e_sqlite3",
    ];

    public static TheoryData<string, string> Programs =>
        new()
        {
            { "identity-service", "Identity.Service" },
            { "tunnel-edge", "Tunnel.Edge" },
            { "tunnel-agent", "Tunnel.Agent" },
            { "culvert", "Identity.Cli" },
        };

    [Theory]
    [MemberData(nameof(Programs))]
    public void EveryPackage_OfAProgram_IsInItsBillAndItsNotices(string program, string project)
    {
        using var bill = JsonDocument.Parse(File.ReadAllText(Repository.Published($"{program}.cdx.json")));
        var notices = File.ReadAllText(Repository.Published($"{program}.notices.txt"));
        var components = bill.RootElement.GetProperty("components").EnumerateArray().ToList();
        var listed = components.ConvertAll(one => $"{one.GetProperty("name")} {one.GetProperty("version")}");

        listed
            .Where(one => !one.Contains(".App.Runtime."))
            .ShouldBe([.. Locked(project), .. Compiled(project)], ignoreOrder: true);
        listed.ShouldContain(one => one.StartsWith("Microsoft.NETCore.App.Runtime."));
        listed.ShouldContain(one => one.StartsWith("Microsoft.AspNetCore.App.Runtime."));
        components.ShouldAllBe(one => one.GetProperty("hashes")[0].GetProperty("content").GetString()!.Length == 128);
        foreach (var one in components)
        {
            var licence = one.GetProperty("licenses")[0].GetProperty("expression").GetString();
            notices.ShouldContain(
                $"{one.GetProperty("name")} {one.GetProperty("version")}\n{one.GetProperty("copyright")}\nLicence: {licence}\n"
            );
            notices.ShouldContain($"The licence {licence}\n");
        }
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Bill_IsOfTheVeryFile(string program, string project)
    {
        _ = project;
        using var bill = JsonDocument.Parse(File.ReadAllText(Repository.Published($"{program}.cdx.json")));
        var about = bill.RootElement.GetProperty("metadata").GetProperty("component");

        bill.RootElement.GetProperty("specVersion").GetString().ShouldBe("1.6");
        about.GetProperty("name").GetString().ShouldBe(program);
        about
            .GetProperty("hashes")[0]
            .GetProperty("content")
            .GetString()
            .ShouldBe(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Repository.Published(program)))));
    }

    // SQLite is compiled into the agent, in the version that the tests have as a package.
    private static IEnumerable<string> Compiled(string project)
    {
        using var document = JsonDocument.Parse(
            File.ReadAllText(Repository.PathOf($"src/{project}/packages.lock.json"))
        );
        var packages = document.RootElement.GetProperty("dependencies").GetProperty("net10.0");
        return project == "Tunnel.Agent" ? [$"SQLite {packages.GetProperty("SQLite").GetProperty("resolved")}"] : [];
    }

    private static IEnumerable<string> Locked(string project)
    {
        using var document = JsonDocument.Parse(
            File.ReadAllText(Repository.PathOf($"src/{project}/publish.lock.json"))
        );
        return
        [
            .. document
                .RootElement.GetProperty("dependencies")
                .EnumerateObject()
                .SelectMany(target => target.Value.EnumerateObject())
                .Where(package =>
                    package.Value.TryGetProperty("resolved", out _) && !WithoutCode.Contains(package.Name)
                )
                .Select(package => $"{package.Name} {package.Value.GetProperty("resolved")}")
                .Distinct(),
        ];
    }
}
