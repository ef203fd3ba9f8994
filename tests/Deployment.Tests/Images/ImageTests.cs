namespace Culvert.Deployment.Tests.Images;

/// <summary>
/// The images, without an engine to build or run them: the tests check every instruction, and each program runs on the
/// files of its image, read-only, as the image's user.
/// </summary>
public sealed class ImageTests
{
    private static readonly IReadOnlyList<ImageStage> Stages = ImageStage.ReadAll(
        Repository.PathOf("deploy/images/Dockerfile")
    );

    public static TheoryData<string, string> Images =>
        new()
        {
            { "service", "identity-service" },
            { "edge", "tunnel-edge" },
            { "agent", "tunnel-agent" },
            { "cli", "culvert" },
        };

    [Theory]
    [MemberData(nameof(Images))]
    public void Image_HoldsOneProgramAndItsLibraries_AndRunsItAsNobody(string image, string program)
    {
        var stage = StageOf(image);

        stage.From.ShouldBe("scratch");
        stage.Lines.ShouldNotContain(line => line.Instruction == "RUN", "there is no shell");
        stage.One("USER").ShouldBe($"{Unprivileged.User}:{Unprivileged.User}");
        stage
            .Copied()
            .ShouldBe([
                ($"out/{program}", $"/usr/bin/{program}"),
                .. Libraries(image).Select(library => ($"out/{library}", $"/usr/bin/{library}")),
                ($"out/{program}.cdx.json", $"/usr/share/doc/culvert/{program}.cdx.json"),
                ($"out/{program}.notices.txt", $"/usr/share/doc/culvert/{program}.notices.txt"),
            ]);
        stage.Words("ENTRYPOINT").ShouldBe([$"/usr/bin/{program}"]);
        stage.All("COPY").Count(text => text.StartsWith("--from=files ")).ShouldBe(1);
        stage.All("VOLUME").ShouldBeEmpty("an unnamed volume is lost with its container");
    }

    [Fact]
    public void EverySource_OfTheContext_IsThereAndNotIgnored()
    {
        var sources = Stages.SelectMany(stage => stage.Copied()).Select(copy => copy.Source).ToList();

        sources.Count.ShouldBe(14);
        foreach (var source in sources)
        {
            // out/ is where docs/publishing.md publishes to; the tests' own is elsewhere.
            File.Exists(
                    source.StartsWith("out/")
                        ? Repository.Published(source["out/".Length..])
                        : Repository.PathOf(source)
                )
                .ShouldBeTrue(source);
        }

        File.ReadAllLines(Repository.PathOf("deploy/images/Dockerfile.dockerignore"))
            .ShouldBe([
                "*",
                .. sources
                    .Select(source => source.StartsWith("out/") ? "!out" : $"!{source}")
                    .Distinct()
                    .Order(StringComparer.Ordinal)
                    .Reverse(),
            ]);
    }

    [Fact]
    public void FilesOfTheImages_AreMadeByTheScriptThatTheTestsRun()
    {
        var script = StageOf("files").One("RUN");

        script.ShouldContain("/make-root edge /image ");
        script.ShouldContain("/make-root service /image-of-service ");
        Stages
            .Where(stage => stage.From == "scratch")
            .ShouldAllBe(stage =>
                stage.All("COPY").First()
                == (stage.Name == "service" ? "--from=files /image-of-service /" : "--from=files /image /")
            );
    }

    [Theory]
    [InlineData("edge")]
    [InlineData("service")]
    public void FilesOfTheImages_HoldNoShellAndNothingSetUserId(string image)
    {
        var root = Repository.PathOf($".run/deployment-tools/images/{image}");

        var files = Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).ToList();

        files.Count.ShouldBeGreaterThan(100);
        files
            .Where(file => Path.GetFileName(file) is "sh" or "bash" or "dash" or "busybox" or "apt-get")
            .ShouldBeEmpty();
        files
            .Where(file => new FileInfo(file).LinkTarget is null)
            .Where(file => (File.GetUnixFileMode(file) & (UnixFileMode.SetUser | UnixFileMode.SetGroup)) != 0)
            .ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Images))]
    public async Task Image_OnAReadOnlyRoot_AsItsUser_RunsItsProgram(string image, string program)
    {
        using var state = new TestFolder();

        var version = await Container.RunAsync(StageOf(image), state, ["version"]);

        StageOf(image).Program.ShouldBe(program);
        version.Succeeded().Output.ShouldContain("0.1.0");
    }

    /// <summary>SQLite, OpenSSL, key files: everything that the service asks of its image.</summary>
    [Fact]
    public async Task Service_OnAReadOnlyRoot_AsItsUser_IsInitialised()
    {
        using var state = new TestFolder();
        state.Write(
            "identity-service.yaml",
            await File.ReadAllTextAsync(
                Repository.PathOf("deploy/identity-service.yaml"),
                TestContext.Current.CancellationToken
            )
        );

        var initialised = await Container.RunAsync(
            StageOf("service"),
            state,
            ["init", "--organization", "Example Corp"]
        );
        var examined = await Container.RunAsync(StageOf("service"), state, ["doctor", "--check", "database"]);
        var written = await Container.RunAsync(
            StageOf("service"),
            state,
            ["init", "--organization", "x", "--set", "state_dir=/usr/state"]
        );

        initialised.Succeeded();
        examined.Succeeded().Output.ShouldContain("pass", Case.Insensitive);
        written.ExitCode.ShouldBe(1);
        written.Text.ShouldContain("Read-only file system");
    }

    /// <summary>Nothing of the image tells the program where the configuration is: it is where it always is.</summary>
    [Theory]
    [InlineData("edge")]
    [InlineData("agent")]
    [InlineData("service")]
    public async Task Image_WithoutConfiguration_NamesTheFileThatItWants(string image)
    {
        using var state = new TestFolder();

        var run = await Container.RunAsync(StageOf(image), state, [.. StageOf(image).Words("CMD")]);

        run.ExitCode.ShouldBe(78, run.Text);
        run.Text.ShouldContain($"/etc/culvert/{(image == "service" ? "identity-service" : image)}.yaml");
    }

    // What a program loads from its own folder.
    private static string[] Libraries(string image) => image == "service" ? ["libe_sqlite3.so"] : [];

    private static ImageStage StageOf(string name) => Stages.Single(stage => stage.Name == name);
}
