using System.Buffers.Text;

namespace Culvert.Deployment.Tests.Debian;

/// <summary>The packages: what is in them, and what dpkg makes of them on a machine that is thrown away afterwards.</summary>
public sealed class PackageTests(BuiltPackages packages) : IClassFixture<BuiltPackages>
{
    public static TheoryData<string, string, string> Packages =>
        new()
        {
            { "culvert", "culvert", "" },
            { "culvert-identity-service", "identity-service", "identity-service" },
            { "culvert-edge", "tunnel-edge", "edge" },
            { "culvert-agent", "tunnel-agent", "agent" },
        };

    [Theory]
    [MemberData(nameof(Packages))]
    public async Task Package_HoldsProgramUnitAndConfiguration_OfRoot(string package, string program, string file)
    {
        var listed = (await DpkgDebAsync("--contents", package)).Output.Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries
        );

        var modes = listed
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToDictionary(f => f[5], f => $"{f[0]} {f[1]}");
        modes[$"./{PlaceOf(program)}"].ShouldBe("-rwxr-xr-x root/root");
        modes.ShouldContainKey($"./usr/bin/{program}");
        modes.ShouldContainKey($"./usr/share/doc/{package}/{program}.cdx.json");
        modes.ShouldContainKey($"./usr/share/doc/{package}/{program}.notices.txt");
        modes.Values.ShouldAllBe(m => m.EndsWith(" root/root") && !m.Contains('s') && (m[8] != 'w' || m[0] == 'l'));
        modes.ContainsKey($"./usr/lib/systemd/system/{package}.service").ShouldBe(file.Length > 0);
        modes.ContainsKey($"./etc/culvert/{file}.yaml").ShouldBe(file.Length > 0);
        modes
            .ContainsKey($"./usr/lib/systemd/system/{package}-backup.timer")
            .ShouldBe(package == "culvert-identity-service");
    }

    /// <summary>What Debian's policy asks of a package (12.1, 12.5, 12.7).</summary>
    [Theory]
    [MemberData(nameof(Packages))]
    public async Task Package_HoldsCopyrightChangelogAndManual(string package, string program, string file)
    {
        var files = await packages.ExtractAsync(package);
        var documents = Path.Combine(files, $"usr/share/doc/{package}");
        var section = file.Length > 0 ? 8 : 1;

        var copyright = await File.ReadAllTextAsync($"{documents}/copyright", Cancel);
        var changelog = await UnzipAsync($"{documents}/changelog.Debian.gz");
        var manual = await UnzipAsync(Path.Combine(files, $"usr/share/man/man{section}/{program}.{section}.gz"));

        copyright.ShouldContain("\nLicense: Apache-2.0\n");
        File.Exists($"{documents}/NOTICE").ShouldBeTrue();
        copyright.ShouldContain($"\n copyright notices and licences are in {program}.notices.txt beside this file.\n");
        changelog.ShouldStartWith($"{package} ({Repository.Version}) unstable; urgency=medium\n\n  [ ");
        changelog.ShouldMatch(@"\n -- Culvert maintainers <[^>]+>  \w{3}, \d\d \w{3} \d{4} 00:00:00 \+0000\n");
        changelog.Split('\n').ShouldAllBe(line => line.Length == 0 || line.StartsWith(package) || line.StartsWith(' '));
        (await UnzipAsync($"{documents}/changelog.gz")).ShouldBe(
            await File.ReadAllTextAsync(Repository.PathOf("CHANGELOG.md"), Cancel)
        );
        manual.ShouldContain($".TH {program.ToUpperInvariant()} {section} ");
    }

    /// <summary>What an administrator edits is never overwritten.</summary>
    [Theory]
    [MemberData(nameof(Packages))]
    public async Task Package_EveryFileBelowEtc_IsAConfigurationFile(string package, string program, string file)
    {
        var control = await packages.ControlAsync(package);
        var conffiles = control.PathOf("conffiles");

        (File.Exists(conffiles) ? await File.ReadAllLinesAsync(conffiles, Cancel) : []).ShouldBe(
            file.Length > 0 ? [$"/etc/culvert/{file}.yaml"] : []
        );
        (await File.ReadAllTextAsync(control.PathOf("md5sums"), Cancel)).ShouldContain($"  {PlaceOf(program)}");
        (await File.ReadAllTextAsync(control.PathOf("control"), Cancel)).ShouldNotMatch("@[A-Z]+@");
    }

    [Fact]
    public async Task Package_OfTheService_HoldsSqliteNextToTheProgram()
    {
        var listed = (await DpkgDebAsync("--contents", "culvert-identity-service")).Output;

        listed.ShouldMatch(@"-rw-r--r-- root/root .* \./usr/lib/culvert-identity-service/libe_sqlite3\.so");
        listed.ShouldMatch(@"\./usr/bin/identity-service -> \.\./lib/culvert-identity-service/identity-service");
        var control = await packages.ControlAsync("culvert-identity-service");
        (await File.ReadAllTextAsync(control.PathOf("control"), Cancel)).ShouldNotContain(" libsqlite3");
    }

    /// <summary>
    /// The C library decides on which machines a program and the library next to it run; what else a program is linked
    /// with is inside it.
    /// </summary>
    [Theory]
    [MemberData(nameof(Packages))]
    public async Task Package_DependsOnTheCLibrary_ThatItsProgramWasLinkedWith(
        string package,
        string program,
        string file
    )
    {
        _ = file;
        string[] files = program == "identity-service" ? [program, "libe_sqlite3.so"] : [program];
        var newest = files.Max(name => NewestLibc(File.ReadAllBytes(Repository.Published(name))));

        var control = await packages.ControlAsync(package);

        newest.ShouldBeLessThanOrEqualTo(36, "Debian 12 has 2.36");
        (await File.ReadAllTextAsync(control.PathOf("control"), Cancel)).ShouldContain($" libc6 (>= 2.{newest}),");
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public async Task Scripts_OfAPackage_AreValidAndNameItsUser(string package, string program, string file)
    {
        _ = program;
        var control = await packages.ControlAsync(package);
        foreach (var script in (string[])(file.Length > 0 ? ["postinst", "prerm", "postrm"] : []))
        {
            (await Tool.RunAsync("sh", ["-n", control.PathOf(script)])).Succeeded();
            var text = await File.ReadAllTextAsync(control.PathOf(script), Cancel);
            text.ShouldNotMatch("@[A-Z]+@");
            text.ShouldContain(package);
        }
    }

    /// <summary>The same sources give the same bytes.</summary>
    [Fact]
    public async Task Build_Twice_GivesTheSameBytes()
    {
        using var stubs = new TestFolder();
        StubPrograms.WriteTo(stubs);
        using var again = new TestFolder();
        await BuiltPackages.BuildAsync(stubs.Path, again.Path);
        using var first = new TestFolder();
        await BuiltPackages.BuildAsync(stubs.Path, first.Path);

        foreach (var file in Directory.GetFiles(first.Path))
        {
            (await File.ReadAllBytesAsync(again.PathOf(Path.GetFileName(file)), Cancel)).ShouldBe(
                await File.ReadAllBytesAsync(file, Cancel)
            );
        }
    }

    [Fact]
    public async Task Installed_ByDpkg_TheServiceRunsAsItsUser_AndAPurgeKeepsItsState()
    {
        Assert.SkipUnless(Environment.UserName == "root", "dpkg installs as root alone");
        using var folder = new TestFolder();
        var arrange = folder.Write(
            "arrange.sh",
            $"""
            dpkg --force-unsafe-io --force-depends --install {packages.Path}/*.deb >{folder.Path}/dpkg.log 2>&1 || cat {folder.Path}/dpkg.log
            dpkg --list 'culvert*' | grep '^ii'
            """
        );

        // Its text: the copy has nothing under /tmp, where this checkout may be.
        var script = await File.ReadAllTextAsync(AssetOf("installed-service.sh"), Cancel);
        var result = await ThrowAway.RunAsync(arrange, "sh", "-c", script);

        var lines = result.Succeeded().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Count(line => line.StartsWith("ii ")).ShouldBe(4, result.Text);
        lines.ShouldContain("id: culvert-identity-service, shell /usr/sbin/nologin");
        lines.ShouldContain("state: culvert-identity-service:culvert-identity-service 700");
        lines.ShouldContain("initialised: culvert-identity-service 600", result.Text);
        lines.ShouldContain("Initialised already: /var/lib/culvert/identity-service/identity.db exists.", result.Text);
        lines.ShouldContain("ready: HTTP/1.1 200 OK", result.Text);
        lines.ShouldContain("stopped: 0", result.Text);
        int.Parse(lines.Single(line => line.StartsWith("metrics: "))["metrics: ".Length..]).ShouldBeGreaterThan(5);
    }

    [Fact]
    public async Task Purged_ByDpkg_ConfigurationGoes_AndStateStays()
    {
        Assert.SkipUnless(Environment.UserName == "root", "dpkg installs as root alone");
        using var folder = new TestFolder();
        var arrange = folder.Write(
            "arrange.sh",
            $"""
            dpkg --force-unsafe-io --force-depends --install {packages.Path}/culvert-agent_*.deb >/dev/null 2>&1
            echo kept >/var/lib/culvert/agent/instance_id
            dpkg --purge culvert-agent 2>&1
            ls /etc/culvert 2>/dev/null || echo no configuration
            cat /var/lib/culvert/agent/instance_id
            """
        );

        var result = await ThrowAway.RunAsync(arrange, "true");

        result.Succeeded().Output.ShouldContain("/var/lib/culvert/agent is kept");
        result.Output.ShouldEndWith("no configuration\nkept\n");
    }

    /// <summary>Without root: unpacked, the program runs from wherever it lies.</summary>
    [Theory]
    [MemberData(nameof(Packages))]
    public async Task Unpacked_TheProgram_Runs(string package, string program, string file)
    {
        _ = file;
        var files = await packages.ExtractAsync(package);

        var version = await Unprivileged.RunAsync(Path.Combine(files, $"usr/bin/{program}"), "version");

        version.Succeeded().Output.ShouldContain("0.1.0");
    }

    // The service is in a folder of its own, with the library that it loads.
    private static string PlaceOf(string program) =>
        program == "identity-service" ? "usr/lib/culvert-identity-service/identity-service" : $"usr/bin/{program}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<string> UnzipAsync(string file) =>
        (await Tool.RunAsync("gzip", ["-dc", file])).Succeeded().Output;

    // By bytes: as a text the service has 170 million characters.
    private static int NewestLibc(ReadOnlySpan<byte> program)
    {
        var newest = 0;
        while (program.IndexOf("GLIBC_2."u8) is >= 0 and var found)
        {
            program = program[(found + "GLIBC_2.".Length)..];
            if (Utf8Parser.TryParse(program, out int version, out _))
            {
                newest = Math.Max(newest, version);
            }
        }

        return newest;
    }

    private static string AssetOf(string name) => Repository.PathOf($"tests/Deployment.Tests/Debian/{name}");

    private async Task<ToolResult> DpkgDebAsync(string command, string package) =>
        (await Tool.RunAsync("dpkg-deb", [command, packages.FileOf(package)])).Succeeded();
}
